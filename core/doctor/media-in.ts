import { mediaIn } from '../sip/media-in.ts';
import type { SampledPacket } from './sample.ts';

/** The address of the first media that a message describes; "" for none. */
export const mediaAddressIn = ({ payload, sip }: SampledPacket): string => mediaIn(sip, payload)[0]?.address ?? '';

export const isInviteAnswer = ({ sip }: SampledPacket): boolean =>
  !sip.request && sip.method === 'INVITE' && sip.status >= 200 && sip.status < 300;
