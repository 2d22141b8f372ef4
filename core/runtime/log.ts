/** What an operator should read: starts, stops, a source that went away. Never a line per packet or request. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** One line each on standard error, where a service manager expects it. */
export function createLog(write: (line: string) => void = (line) => process.stderr.write(line)): Log {
  const line = (level: string, message: string): void =>
    // What a sender wrote may end up in a message: no control character reaches the terminal.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go
    write(`${new Date().toISOString()} ${level} ${message.replace(/[\u0000-\u001f\u007f]+/g, ' ')}\n`);
  return {
    info: (message) => line('info ', message),
    warn: (message) => line('warn ', message),
    error: (message) => line('error', message),
  };
}

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
