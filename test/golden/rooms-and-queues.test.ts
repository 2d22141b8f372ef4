import { describe, expect, it } from 'vitest';
import { nodeLetter } from '../../core/model/edge.ts';
import { buildGraph } from '../generate/graph.ts';
import { componentOf } from '../generate/judge.ts';
import { eventsOf } from '../generate/property.ts';
import { SECOND } from '../generate/scene.ts';
import { bridged } from '../generate/topologies/basic.ts';
import * as conference from '../generate/topologies/conference.ts';
import * as queue from '../generate/topologies/queue.ts';
import { expectCalls, stage, times } from './stage.ts';

describe('golden scenarios: rooms and queues', () => {
  it('golden 12: each member of a conference is one call with a link, and other calls of the number are others', async () => {
    const played = stage([bridged, conference.conference, bridged], { everyUs: 600 * SECOND });
    const members = played.truth.calls.filter(({ topology }) => topology.startsWith('conference'));
    expect(members.length).toBeGreaterThanOrEqual(3);
    await expectCalls(played, {
      calls: [...times(members.length, '1 dialog, 1 channel'), ...times(2, '2 dialogs, 2 channels')],
    });
    const graph = buildGraph([eventsOf(played.sightings)]);
    for (const { nodes } of members) {
      const [asked] = nodes;
      if (asked === undefined) throw new Error('a member without identifiers');
      const { links } = await componentOf(graph, asked);
      expect(links.map(({ why, peer }) => `${why} ${nodeLetter(peer)}`)).toEqual(['conference h']);
    }
  });

  it('golden 13: the leg between two conferences is a call of its own and pulls in nobody', async () => {
    await expectCalls(stage([conference.cascadedConference]), {
      calls: [...times(4, '1 dialog, 1 channel'), '1 dialog, 2 channels'],
      hepOnly: times(5, '1 dialog'),
    });
  });

  it('golden 14: agents that a queue calls for a member are of his call, those who lost the race as well', async () => {
    await expectCalls(stage([queue.ringAll(3), queue.abandonedQueue]), {
      calls: ['1 dialog, 1 channel', '4 dialogs, 4 channels'],
      eslOnly: ['1 dialog, 1 channel', '4 dialogs, 4 channels'],
    });
  });

  it.for([
    ['half a minute', 30 * SECOND],
    ['no time at all', 200_000],
  ] as const)(
    'golden 15: an agent on standby who serves ten callers with %s between them makes ten calls',
    async ([, pauseUs]) => {
      const played = stage([queue.standbyAgent({ callers: 10, pauseUs })]);
      // Ten callers, each with the agent's leg; and the agent's leg when he is asked for himself.
      const calls = [...times(10, '2 dialogs, 2 channels'), '1 dialog, 1 channel'];
      await expectCalls(played, { calls, eslOnly: calls, hepOnly: times(11, '1 dialog') });
    },
  );

  it('golden 16: a fifo calls an agent for who waits: one call', async () => {
    await expectCalls(stage([queue.fifo]), {
      calls: ['2 dialogs, 2 channels'],
      eslOnly: ['2 dialogs, 2 channels'],
      hepOnly: times(2, '1 dialog'),
    });
  });

  it('golden 12, a supervisor: whoever listens to three calls joins none of them', async () => {
    await expectCalls(stage([conference.eavesdropper]), {
      calls: ['1 dialog, 1 channel', ...times(3, '2 dialogs, 2 channels')],
    });
  });
});
