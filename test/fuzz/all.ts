import type { Fuzz } from './fuzz.ts';
import { hepTcp, hepTls, hepUdp } from './scenes/hep.ts';
import { logFile } from './scenes/log-file.ts';
import { openapi } from './scenes/openapi.ts';
import { pcap } from './scenes/pcap.ts';
import { queries } from './scenes/queries.ts';
import { http, tails } from './scenes/sockets.ts';
import { ami, esl } from './scenes/switches.ts';

/** All but Kafka, which takes a broker. */
export const fuzzes = (): Fuzz[] => [
  hepUdp,
  hepTcp,
  hepTls,
  esl(),
  ami(),
  logFile,
  pcap,
  openapi,
  queries,
  http,
  tails,
];
