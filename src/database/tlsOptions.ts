import * as tls from 'node:tls';
import type { ConnectionSettings } from './connectionSettings';

/** What of a certificate is verified, by libpq's words for it; false without TLS. */
export function tlsOptions(settings: ConnectionSettings): false | tls.ConnectionOptions {
  const { mode, ca, cert, key } = settings.tls;
  if (mode === 'disable') return false;
  const identity = { ...(ca ? { ca } : {}), ...(cert && key ? { cert, key } : {}) };
  // libpq: `require` with a root certificate at hand behaves like verify-ca.
  const verifies = mode === 'verify-full' || mode === 'verify-ca' || (mode === 'require' && ca !== undefined);
  if (!verifies) return { ...identity, rejectUnauthorized: false };
  return {
    ...identity,
    rejectUnauthorized: true,
    checkServerIdentity: (_host, certificate) =>
      // The driver passes no name for an address, so the name checked is ours.
      mode === 'verify-full' ? tls.checkServerIdentity(settings.host, certificate) : undefined,
  };
}
