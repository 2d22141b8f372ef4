import { type Figures, lossPercentOf, named } from './heard.ts';
import { decimalOf, integerOf, type JsonRecord, parsedJson, recordOf } from './json.ts';

/**
 * The VoIP metrics block of an RTCP extended report (RFC 3611 §4.7), as capture agents write it into JSON for HEP types 35
 * and 5. All counts are since the beginning of reception. Three ways of writing it are known:
 * - captagent, `Extended_report_information` (src/modules/protocol/rtcpxr/parser_rtcpxr.h), whose last brace is missing
 * - heplify and heplify-server, `report_blocks_xr` (heplify v1 protos/rtcp.go): always there, with a type of 0 when nothing
 *   was reported; it has neither R nor MOS
 * - heplify since v2, `voip_metrics` beside it (src/decoder/rtcp.go): MOS is divided by ten, and its two have changed names
 */
export interface XrBlock {
  /** The source that is spoken of. */
  readonly ssrc: number | undefined;
  readonly figures: Figures;
}

/** Block type 7, the only one that a known sender writes. */
const VOIP_METRICS = 7;
/** A report has few; one with more is hostile. */
const MAX_BLOCKS = 31;

/** None for a text that has no such block, or nothing in it. */
export function readXr(text: string): readonly XrBlock[] {
  // captagent writes its last brace over the one before it.
  const value =
    parsedJson(text) ?? (/^\s*\{\s*"Extended_report/.test(text) ? parsedJson(`${text.trimEnd()}}`) : undefined);
  const report = recordOf(value);
  if (report === undefined) return [];
  const captagent = recordOf(report.Extended_report_information);
  if (captagent !== undefined) return [ofCaptagent(captagent)].filter(saysSomething);
  const whole = recordOf(report.voip_metrics);
  if (whole !== undefined) return [ofHeplify(whole)].filter(saysSomething);
  const short = Array.isArray(report.report_blocks_xr) ? report.report_blocks_xr : [report.report_blocks_xr];
  return short
    .slice(0, MAX_BLOCKS)
    .map(recordOf)
    .filter((block) => block !== undefined)
    .filter(({ type }) => integerOf(type) === VOIP_METRICS)
    .map(ofShort)
    .filter(saysSomething);
}

const saysSomething = ({ figures }: XrBlock): boolean => Object.keys(figures).length > 0;

const ofCaptagent = (block: JsonRecord): XrBlock => ({
  ssrc: ssrcOf(block.identifier),
  figures: figuresOf({
    ...{ loss: block.loss_rate, discard: block.discard_rate },
    ...{ roundTrip: block.round_trip_delay, endSystem: block.end_sys_delay },
    ...{ rFactor: block.R_fact, opinions: [tenthsOf(block.MOS_LQ), tenthsOf(block.MOS_CQ)] },
  }),
});

const ofHeplify = (block: JsonRecord): XrBlock => ({
  ssrc: ssrcOf(block.ssrc),
  figures: figuresOf({
    ...{ loss: block.loss_rate, discard: block.discard_rate },
    ...{ roundTrip: block.round_trip_delay, endSystem: block.end_system_delay },
    ...{ rFactor: block.r_factor, opinions: [decimalOf(block.mos_lq), decimalOf(block.mos_cq)] },
  }),
});

const ofShort = (block: JsonRecord): XrBlock => ({
  ssrc: ssrcOf(block.id),
  figures: figuresOf({
    ...{ loss: block.fraction_lost, discard: block.fraction_discard },
    ...{ roundTrip: block.round_trip_delay, endSystem: block.end_system_delay },
    ...{ rFactor: undefined, opinions: [] },
  }),
});

const ssrcOf = (value: unknown): number | undefined => integerOf(value) || undefined;

/** MOS is sent in tenths (RFC 3611 §4.7.5). */
function tenthsOf(value: unknown): number | undefined {
  const tenths = integerOf(value);
  return tenths === undefined ? undefined : tenths / 10;
}

function figuresOf({
  loss,
  discard,
  roundTrip,
  endSystem,
  rFactor,
  opinions,
}: {
  readonly loss: unknown;
  readonly discard: unknown;
  readonly roundTrip: unknown;
  readonly endSystem: unknown;
  readonly rFactor: unknown;
  readonly opinions: readonly (number | undefined)[];
}): Figures {
  return {
    ...named('lossPercent', fractionOf(loss)),
    ...named('discardPercent', fractionOf(discard)),
    ...named('roundTripMs', delayIn(integerOf(roundTrip))),
    ...named('endSystemMs', delayIn(integerOf(endSystem))),
    ...named('rFactor', rFactorIn(integerOf(rFactor))),
    ...named('mos', listeningIn(opinions)),
  };
}

const fractionOf = (value: unknown): number | undefined => {
  const fraction = integerOf(value);
  return fraction === undefined || fraction < 0 || fraction > 255 ? undefined : lossPercentOf(fraction);
};

/** 16 bits of milliseconds: 0 stands for "not measured", the largest for "longer than can be told". */
export const delayIn = (ms: number | undefined): number | undefined =>
  ms === undefined || ms <= 0 || ms >= 65_534 ? undefined : ms;

/**
 * 0 to 100; 127 is "unavailable" and other values are to be ignored (RFC 3611 §4.7.5). Senders that make no R leave 0 there,
 * and a call of that quality could not be held.
 */
export const rFactorIn = (r: number | undefined): number | undefined =>
  r === undefined || r <= 0 || r > 100 ? undefined : r;

/**
 * The listening quality of what is given for listening and conversation: the better one, as conversation suffers from delay
 * besides. So it does not matter whose names are mixed up. A MOS is 1 to 5; 12.7 is "unavailable", 0 was not made.
 */
export function listeningIn(opinions: readonly (number | undefined)[]): number | undefined {
  const valid = opinions.filter((mos) => mos !== undefined).filter((mos) => mos >= 1 && mos <= 5);
  return valid.length === 0 ? undefined : Math.max(...valid);
}
