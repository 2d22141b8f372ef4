/**
 * UDP ports that Wireshark gives to another protocol before it looks whether the payload is SIP, and whose TCP
 * namesakes it does not. Measured with tshark 4.0.17: one SIP request from every port, over UDP and over TCP. The 53
 * ports that it claims in both (53, 1194, 5353, …) are not here, as nothing helps there; nor does it help when the
 * other port is claimed in TCP (6000-6063 X11).
 */
const CLAIMED_UDP_PORTS: ReadonlySet<number> = new Set([
  67, 68, 69, 137, 138, 173, 213, 319, 320, 434, 496, 520, 521, 525, 546, 664, 701, 853, 910, 921, 1001, 1293, 1628,
  1629, 1718, 1719, 1745, 2157, 2221, 2222, 2246, 2268, 2313, 2887, 2948, 2949, 3000, 3130, 3250, 3343, 3389, 3455,
  3544, 3567, 3784, 3785, 4305, 4306, 4307, 4341, 4500, 4569, 4729, 4754, 4784, 4789, 4790, 4791, 4991, 5072, 5246,
  5247, 5355, 5404, 5405, 5436, 5567, 5684, 5868, 6073, 6081, 6118, 6635, 6784, 6970, 7074, 7255, 7784, 8200, 8600,
  8611, 8612, 8613, 8614, 8755, 8767, 8805, 8848, 9200, 9201, 9202, 9203, 9214, 9875, 9877, 9899, 9901, 10253, 11273,
  12000, 12001, 12002, 12003, 12004, 12220, 12222, 12223, 17220, 19132, 19948, 19999, 23272, 24576, 24577, 25826, 26000,
  27500, 27910, 27950, 27951, 27952, 27953, 27960, 27961, 27962, 27963, 32000, 32512, 34962, 37008, 41170, 47000, 54328,
]);

/** Whether a SIP message between these UDP ports would be read as something else. Wireshark asks the lower port first. */
export function isClaimedUdpPair(a: number, b: number): boolean {
  const [low, high] = a < b ? [a, b] : [b, a];
  if (CLAIMED_UDP_PORTS.has(low)) return true;
  return low !== 5060 && high !== 5060 && CLAIMED_UDP_PORTS.has(high);
}
