import type { Micros } from '../../core/model/capture-event.ts';
import { callIdNode, channelNode, type NodeKey } from '../../core/model/edge.ts';
import type { Random } from './random.ts';
import type { Place, Site, Switch } from './site.ts';
import type { TrueCall } from './truth.ts';

/** Where and when a topology plays. Time moves as its actors do things; several calls may take part. */
export interface Scene {
  readonly site: Site;
  readonly random: Random;
  readonly sw: Switch;
  /** Another switch of the site, of the same tenant. */
  readonly otherSwitch: Switch;
  /** A switch of another tenant, where tenants have their own. */
  readonly foreignSwitch: Switch;
  readonly numbers: Numbers;
  now(): Micros;
  wait(us: Micros): void;
  /** Begins another call of the truth. */
  newCall(topology: string): TrueCall;
  /** A phone: no sensor of its own. */
  phone(): Place;
  /** What the site writes into its header for a new call. Tenants count their calls alike. */
  siteValue(): string;
}

/** Two parties, as they are written at one place of the path and at another. */
export interface Numbers {
  readonly caller: string;
  readonly callee: string;
  /** The callee as the next hop writes it. */
  readonly calleeRewritten: string;
  readonly domain: string;
}

/** Something that happens to calls, played out on the site. */
export type Topology = (scene: Scene) => void;

export interface SceneOptions {
  readonly atUs: Micros;
  readonly sw: Switch;
  readonly numbers: Numbers;
}

export function createScene(site: Site, { atUs, sw, numbers }: SceneOptions): Scene {
  const { random } = site;
  let clock = atUs;
  const calls = site.callsOf(numbers.domain);
  return {
    site,
    random,
    sw,
    otherSwitch: site.switches.find((one) => one !== sw && one.tenant === sw.tenant) ?? sw,
    foreignSwitch: site.switches.find((one) => one.tenant !== sw.tenant) ?? sw,
    numbers,
    now: () => clock,
    wait: (us) => {
      clock += us;
    },
    newCall: (topology) => site.truth.newCall(topology),
    phone: () => ({ ip: `10.1.${random.int(0, 255)}.${random.int(1, 254)}`, port: 5060, clockUs: 0 }),
    siteValue: () => (site.tenants === 'domains' ? `call-${++calls.count}` : `cid-${random.hex(12)}`),
  };
}

export const MS = 1_000;
export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export const addCallId = (call: TrueCall, callId: string): NodeKey => {
  const node = callIdNode(callId);
  call.nodes.add(node);
  return node;
};

export const addChannel = (call: TrueCall, uuid: string): NodeKey => {
  const node = channelNode(uuid);
  call.nodes.add(node);
  return node;
};
