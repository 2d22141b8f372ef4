import { describe, expect, it } from 'vitest';
import { readRecording } from '../replay/recording.ts';
import { readTruth } from './truth-file.ts';

const RECORDINGS = `${import.meta.dirname}/../recordings`;
const truthOf = async (name: string) => readTruth((await readRecording(`${RECORDINGS}/${name}`)).truth);

describe('readTruth', () => {
  it('makes one group of a call: the Call-ID of each leg and every channel', async () => {
    const truth = await truthOf('01-basic');
    expect(truth).toMatchObject({ calls: 6, legs: 12 });
    expect(truth.groups[0]?.identifiers).toEqual([
      '1564971-4d8f01@127.0.0.11',
      'cdb01a9c-4d26-42f0-ac47-ca901d904384',
      '2dc3c75b-6038-1240-e19d-921c3f2f5527',
      'b4169557-5eed-42b2-9d97-5715ac6ee6ef',
    ]);
    expect(truth.searches).toContainEqual({ number: '1001', identifiers: truth.groups[1]?.identifiers });
  });

  it('knows channels that have no SIP dialog', async () => {
    const { groups } = await truthOf('08-loopback-originate');
    expect(groups[0]?.identifiers).toContain('13a91be1-7f4d-4f33-9606-65e5af254fda');
  });

  it('lets each registration, message and subscription stand alone, two of one phone too', async () => {
    const { groups } = await truthOf('13-register-options-msg');
    const registers = groups.filter(({ label }) => label.startsWith('REGISTER of 1003'));
    expect(registers.map(({ identifiers }) => identifiers)).toEqual([
      ['3581771-4d8f01@127.0.0.43'],
      ['4581781-4d8f01@127.0.0.43'],
    ]);
  });

  it('keeps the dialogs that belong to no call', async () => {
    const { outsiders } = await truthOf('01-basic');
    expect(outsiders).toContain('348dc95c-6038-1240-e19d-921c3f2f5527');
  });

  it('leaves out the Uniqueids of Asterisk unless they are asked for', () => {
    const leg = { call_id: 'a', method: 'INVITE', asterisk_channels: [{ uniqueid: 'ast1-1.0' }] };
    const json = { calls: [{ key: ['1001'], description: 'a call', legs: [leg] }] };
    expect(readTruth(json).groups[0]?.identifiers).toEqual(['a']);
    expect(readTruth(json, { uniqueids: true }).groups[0]?.identifiers).toEqual(['a', 'ast1-1.0']);
  });

  it('refuses a file that is no truth', () => {
    expect(() => readTruth({})).toThrow('truth.json has no "calls"');
  });
});
