/** What to do next, where PostgreSQL itself does not say. By SQLSTATE: errcodes-appendix of its manual. */
const HINTS: Readonly<Record<string, string>> = {
  '55P03': 'another session holds the lock; lock_timeout ended the wait',
  '25006':
    'the statement writes, and nothing may be written here: it was run in a read-only transaction, ' +
    'default_transaction_read_only is on, or the server is a replica; connect to the primary to change something',
  '25P03': 'idle_in_transaction_session_timeout of this server is very short; a longer one for this user helps',
  '25P04': 'transaction_timeout of this server is shorter than this takes; a longer one for this user helps',
  '28000': "the server's pg_hba.conf does not let this user in from here; ask its administrator",
  '28P01': 'the password is wrong, or was changed meanwhile; give the new one',
  '3D000': 'choose one of the databases that the server has',
  '42501': 'the user of this connection lacks the privilege; ask the owner for a GRANT, or connect as another user',
  '53100': 'no space is left where the server writes; free some before you try again',
  '53200': 'the server has no memory left for this; lower work_mem or maintenance_work_mem',
  '53300': 'all connection slots are taken; end sessions that are not needed, or raise the limit',
  '53400':
    'a limit of the server (as temp_file_limit) is too low for this; more memory (work_mem, for an index maintenance_work_mem) needs fewer files',
  '57P01': 'an administrator or a restart of the server ended the session',
  '57P02': 'a crash of the server ended the session; it recovers by itself',
  '57P03': 'the server is starting or stopping; try again in a moment',
};

export function hintFor(sqlState: string, message: string): string | undefined {
  if (sqlState === '57014' && /statement timeout/.test(message)) {
    return 'it took longer than statement_timeout allows; a plan without ANALYZE runs nothing';
  }
  if (sqlState === '57014' && /user request/.test(message)) {
    return 'it was cancelled on the server, by its administrator or another program; run it again';
  }
  if (/during recovery/.test(message)) return 'the server is a replica; connect to the primary to write';
  if (/^must be owner of/.test(message)) {
    return 'only its owner, or a role with the rights of its owner, may do this; connect as one, or hand it over as a migration';
  }
  if (sqlState.startsWith('58')) return "the server's machine could not read or write a file; look into its log";
  return HINTS[sqlState];
}

interface NetworkFailure {
  readonly reason: string;
  readonly hint?: string;
}

const CHECK_ADDRESS = 'check host and port, and whether the server runs';
const CHECK_NETWORK = 'check the address, the VPN and the firewall between';
const CHECK_AUTHORITY = 'give the certificate of the authority that signed it (sslrootcert)';

/** By the codes of Node's `net`, `dns` and `tls`. */
const NETWORK: Readonly<Record<string, NetworkFailure>> = {
  ECONNREFUSED: { reason: 'nothing listens there', hint: CHECK_ADDRESS },
  ENOTFOUND: { reason: 'the host name is unknown', hint: 'check the spelling of the host, and the VPN' },
  EAI_AGAIN: { reason: 'the host name cannot be looked up now', hint: 'check the network; the name service is silent' },
  ETIMEDOUT: { reason: 'no answer', hint: CHECK_NETWORK },
  EHOSTUNREACH: { reason: 'the host cannot be reached', hint: CHECK_NETWORK },
  ENETUNREACH: { reason: 'the network cannot be reached', hint: CHECK_NETWORK },
  ECONNRESET: { reason: 'the connection was closed by the other side' },
  EPIPE: { reason: 'the connection was closed by the other side' },
  ENOENT: { reason: 'there is no socket', hint: CHECK_ADDRESS },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    reason: "the server's certificate is a self-signed certificate",
    hint: CHECK_AUTHORITY,
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    reason: "the server's certificate comes from a self-signed certificate that is not trusted",
    hint: CHECK_AUTHORITY,
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { reason: "the server's certificate is not trusted", hint: CHECK_AUTHORITY },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { reason: "the server's certificate is not trusted", hint: CHECK_AUTHORITY },
  CERT_SIGNATURE_FAILURE: { reason: "the server's certificate was signed by another authority", hint: CHECK_AUTHORITY },
  CERT_HAS_EXPIRED: { reason: "the server's certificate has expired", hint: 'its administrator has to renew it' },
};

/** The driver's own complaint before it has sent anything. */
export const NO_PASSWORD = /client password must be a (?:non-empty )?string/;

/** What failed between us and the server, from the code and message of Node or of the driver. */
export function networkFailure(code: string | undefined, message: string): NetworkFailure {
  const known = NETWORK[code ?? ''];
  if (known) return known;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      reason: message,
      hint: 'connect by the name that the certificate bears, or verify only its authority (verify-ca)',
    };
  }
  if (message === 'timeout expired') return { reason: 'no answer in time', hint: CHECK_NETWORK };
  if (/does not support SSL/.test(message)) {
    return { reason: message, hint: 'TLS is required by your settings, and the server offers none (its setting ssl)' };
  }
  if (NO_PASSWORD.test(message)) {
    return { reason: 'the server asks for a password, and none was given', hint: hintFor('28P01', message) ?? '' };
  }
  if (/^Connection terminated/.test(message)) return { reason: 'the other side ended it without a reason' };
  return { reason: message || code || 'the connection failed' };
}
