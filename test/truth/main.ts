import { startCalltrail } from '../../calltrail.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { runTruth } from './cli.ts';

/** `npm run truth`. What goes wrong is worth a line; that sources come and go with every recording is not. */
if (import.meta.main) {
  const log = { ...silentLog, error: (message: string) => void process.stderr.write(`${message}\n`) };
  runTruth(process.argv.slice(2), { start: (config) => startCalltrail(config, log) }).then(
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    },
  );
}
