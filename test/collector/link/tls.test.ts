import { connect } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Source } from '../../../core/runtime/source.ts';
import { pair, pem } from '../../certificates/read.ts';
import { createAmiReplayServer } from '../../replay/ami-server.ts';
import { createEslReplayServer } from '../../replay/esl-server.ts';
import { freePort } from '../../system/ports.ts';
import { ACCOUNT, startSource as startAmi } from '../ami/harness.ts';
import { eventually, PASSWORD, startSource as startEsl } from '../esl/harness.ts';

/** What stunnel does before an event socket: ends TLS, and passes on what comes. Its port. */
async function frontOf(port: number, options: TlsOptions = pair('server')): Promise<number> {
  const front = createServer(options, (secure) => {
    const plain = connect(port, '127.0.0.1');
    secure.on('error', () => plain.destroy()).on('close', () => plain.destroy());
    plain.on('error', () => secure.destroy()).on('close', () => secure.destroy());
    secure.pipe(plain).pipe(secure);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void front.close());
  const address = front.address();
  if (address === null || typeof address === 'string') throw new Error('the front has no port');
  return address.port;
}

describe.each(['esl', 'ami'] as const)('%s over TLS', (kind) => {
  const serve = async () => {
    const server =
      kind === 'esl' ? await createEslReplayServer({ password: PASSWORD }) : await createAmiReplayServer(ACCOUNT);
    onTestFinished(() => server.close());
    return server;
  };
  const start = (port: number, tls: object): { readonly source: Source } =>
    kind === 'esl' ? startEsl(port, { node: { tls } }) : startAmi(port, { node: { tls } });

  it('logs in and subscribes where the certificate is that of the host', async () => {
    const server = await serve();
    const { source } = start(await frontOf(server.port), { ca: pem('ca') });
    await server.whenSubscribed();
    await eventually(() => expect(source.state().state).toBe('up'));
  });

  it('shows its own certificate to a front that asks for one', async () => {
    const server = await serve();
    const strict = { ...pair('server'), ca: pem('ca'), requestCert: true, rejectUnauthorized: true };
    const port = await frontOf(server.port, strict);
    const without = start(port, { ca: pem('ca') }).source;
    await eventually(() => expect(without.state()).toMatchObject({ state: 'down' }));
    expect(server.commands).toEqual([]);
    start(port, { ca: pem('ca'), ...pair('client') });
    await server.whenSubscribed();
  });

  it.each([
    ['of another authority', pair('foreign'), { ca: pem('ca') }],
    ['that nobody it knows signed', pair('server'), {}],
    ['of another name', pair('client'), { ca: pem('ca') }],
    ['of another name than is asked for', pair('server'), { ca: pem('ca'), servername: 'fs1.example.net' }],
    ['that is over', pair('expired'), { ca: pem('ca'), servername: 'kam1.example.net' }],
  ])('sends no password to a certificate %s, and says so', async (_which, certificate, tls) => {
    const server = await serve();
    const { source } = start(await frontOf(server.port, certificate), tls);
    await eventually(() => expect(source.state().detail).toContain('shows a certificate that is not trusted'));
    expect(source.state().state).toBe('down');
    expect(server.commands).toEqual([]);
  });

  it('takes another name than that of the host where the node says so', async () => {
    const server = await serve();
    start(await frontOf(server.port, pair('client')), { ca: pem('ca'), servername: 'kam1.example.net' });
    await server.whenSubscribed();
  });

  it('says that nothing listens there', async () => {
    const { source } = start(await freePort('127.0.0.1'), { ca: pem('ca') });
    await eventually(() => expect(source.state().detail).toContain('cannot be reached (ECONNREFUSED)'));
  });

  it('says that nothing speaks TLS there, and sends nothing', async () => {
    const server = await serve();
    const { source } = start(server.port, { ca: pem('ca') });
    await eventually(() => expect(source.state()).toMatchObject({ state: 'down' }));
    expect(source.state().detail).toMatch(/agrees on no TLS|lost the connection|closed the connection/);
    expect(server.commands).toEqual([]);
  });
});
