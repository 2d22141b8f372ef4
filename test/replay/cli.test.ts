import { describe, expect, it, onTestFinished } from 'vitest';
import { runReplay } from './cli.ts';
import { createReceiver } from './receiver.ts';

const RECORDINGS = `${import.meta.dirname}/../recordings`;

function written() {
  const texts = { stdout: '', stderr: '' };
  const into = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      texts[name] += text;
    },
  });
  return { texts, output: { stdout: into('stdout'), stderr: into('stderr') } };
}

async function run(...argv: string[]) {
  const { texts, output } = written();
  return { code: await runReplay(argv, output), ...texts };
}

describe('npm run replay', () => {
  it('plays a recording and says in one line what was sent', async () => {
    const receiver = await createReceiver();
    onTestFinished(() => receiver.close());
    const hep = `127.0.0.1:${receiver.udp.port}`;
    const result = await run(`${RECORDINGS}/35b-opensips-lb-tcp`, '--speed', 'max', '--hep', hep);
    expect(result).toEqual({ code: 0, stdout: '35b-opensips-lb-tcp: 532 HEP packets\n', stderr: '' });
  });

  it('writes the configuration that connects to the event sockets, and plays once somebody has', async () => {
    const receiver = await createReceiver();
    onTestFinished(() => receiver.close());
    const { texts, output } = written();
    const lines: string[] = [];
    const stdout = {
      write: (text: string) => {
        lines.push(text);
        const port = Number(/port: (\d+)/.exec(text)?.[1]);
        if (port > 0) receiver.subscribe({ name: 'fs1', host: '127.0.0.1', port, password: 'ClueCon', logLevel: 7 });
      },
    };
    const argv = [
      `${RECORDINGS}/10-missing-ack`,
      '--speed=max',
      '--esl-port=0',
      `--hep=127.0.0.1:${receiver.udp.port}`,
    ];
    expect(await runReplay(argv, { ...output, stdout })).toBe(0);
    expect(lines[0]).toMatch(/^collector:\n {2}trustSenderClock: true\n {2}freeswitch:\n {4}- \{ name: fs1, host: 127/);
    expect(lines.at(-1)).toBe('10-missing-ack: 164 HEP packets, 57 events and 228 log lines of fs1\n');
    expect(texts.stderr).toBe('');
  });

  it('writes the configuration that connects to the manager interfaces', async () => {
    const { texts, output } = written();
    const stop = new AbortController();
    const stdout = {
      write: (text: string) => {
        output.stdout.write(text);
        stop.abort();
      },
    };
    const argv = [`${RECORDINGS}/35-opensips-lb`, '--ami-port=0'];
    expect(await runReplay(argv, { ...output, stdout }, stop.signal)).toBe(1);
    expect(texts.stdout).toMatch(
      /^collector:\n {2}trustSenderClock: true\n {2}asterisk:\n {4}- \{ name: ast1, host: 127\.0\.0\.1, port: \d+, username: calltrail, password: ClueCon \}\n {4}- \{ name: ast2, /,
    );
  });

  it.each([
    [['--fast', 'x'], "Unknown option '--fast'."],
    [[], 'Which recording? Give its directory.'],
    [['a', 'b'], 'One recording at a time; b is too many.'],
    [['a', '--speed', '0'], '--speed must be a number above 0 or "max", not "0".'],
    [['a', '--transport', 'sctp'], '--transport must be "udp" or "tcp", not "sctp".'],
    [['a', '--hep', '9060'], '--hep must be "host:port", not "9060".'],
    [['a', '--hep', 'host:70000'], '--hep must be "host:port", not "host:70000".'],
    [['a', '--esl-port', 'x'], '--esl-port must be a port from 0 to 65535, not "x".'],
    [['a', '--ami-port', '65536'], '--ami-port must be a port from 0 to 65535, not "65536".'],
  ])('refuses %j with a sentence and code 2', async (argv, sentence) => {
    const { code, stdout, stderr } = await run(...argv);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.split('\n')[0]).toBe(sentence);
    expect(stderr).toContain('Usage: npm run replay');
  });

  it('says that a directory is missing', async () => {
    const { code, stderr } = await run('/nowhere/01-basic');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^\/nowhere\/01-basic cannot be read: ENOENT/);
  });

  it('says that nobody listens for HEP', async () => {
    const receiver = await createReceiver();
    await receiver.close();
    const hep = `127.0.0.1:${receiver.tcp.port}`;
    const result = await run(`${RECORDINGS}/35b-opensips-lb-tcp`, '--transport=tcp', '--speed=max', '--hep', hep);
    expect(result.code).toBe(1);
    expect(result.stderr).toBe('Nobody listens for HEP there. Does Calltrail run? See --hep.\n');
  });
});
