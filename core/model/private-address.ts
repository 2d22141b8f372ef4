/** RFC 1918, RFC 6598, RFC 4193, loopback and link-local: what only its own network can reach. */
export const isPrivate = (ip: string): boolean =>
  /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe80|::1$)/i.test(
    ip,
  );
