import { z } from 'zod';
import { parseListenAddress } from './listen-address.ts';
import { absolutePath, inOrder, seconds, whenSound, wholeNumber } from './scalar-schemas.ts';

export interface AuditWebhookConfig {
  readonly listen: string;
  readonly cert_file: string;
  readonly key_file: string;
  readonly client_ca_file?: string;
  readonly client_names: readonly string[];
  readonly token_file?: string;
  readonly max_body_bytes: number;
  readonly held_bytes: number;
  readonly max_connections: number;
  readonly request_seconds: number;
  readonly spool_bytes: number;
  readonly spool_file_bytes: number;
  readonly remember_events: number;
}

const MIB = 1_048_576;
const MAX_BYTES = 1_099_511_627_776;

/** The receiver of what API servers post; absent: there is none. */
export const auditWebhookSchema: z.ZodType<AuditWebhookConfig> = z
  .strictObject({
    listen: z
      .string()
      .refine((text) => parseListenAddress(text) !== null, {
        error: 'not an address to listen on, write host:port, [IPv6 address]:port or :port',
      })
      .default('0.0.0.0:9097')
      .describe('Address at which API servers post their audit events, by HTTPS.'),
    cert_file: absolutePath().describe("The receiver's certificate, with those that lead to its authority; read again when it changes."),
    key_file: absolutePath().describe('The key of that certificate.'),
    client_ca_file: absolutePath()
      .exactOptional()
      .describe('Certificates of which one has to have signed that of a client; absent: clients need none.'),
    client_names: z
      .array(z.string().min(1))
      .default([])
      .describe('Common names of which the certificate of a client has to have one; empty: whatever client_ca_file has signed is let in.'),
    token_file: absolutePath()
      .exactOptional()
      .describe('File of the bearer token that a client has to send, read again when it changes; absent: clients need none.'),
    max_body_bytes: wholeNumber(1024, 1024 * MIB)
      .default(16 * MIB)
      .describe('Bytes of one batch, unpacked; a larger one is refused. API servers that truncate stay below 10 MiB.'),
    held_bytes: wholeNumber(1024, 8192 * MIB)
      .default(32 * MIB)
      .describe('Bytes of all batches that are held at once; beyond that API servers are told to come again.'),
    max_connections: wholeNumber(1, 10_000).default(64).describe('Connections that are open at once.'),
    request_seconds: seconds(1).default(30).describe('Seconds for a handshake, and for a whole request; API servers give up after 30.'),
    spool_bytes: wholeNumber(1, MAX_BYTES)
      .default(1024 * MIB)
      .describe('Bytes on disk of events that are not stored yet; beyond that API servers are told to come again.'),
    spool_file_bytes: wholeNumber(1024, MAX_BYTES)
      .default(16 * MIB)
      .describe('Bytes of a file of the spool; it is removed as a whole when all of it is stored.'),
    remember_events: wholeNumber(1, 10_000_000)
      .default(65_536)
      .describe(
        'Of so many events that were sent last a second copy is not sent, from the audit log or posted again; up to 86 bytes each.',
      ),
  })
  .check(inOrder('max_body_bytes', 'held_bytes'))
  .superRefine(
    ({ listen, client_ca_file: ca, token_file: token }, ctx) => {
      if (ca !== undefined || token !== undefined || isLoopback(listen)) return;
      const message = 'anybody could post events there, write client_ca_file or token_file, or an address of loopback';
      ctx.addIssue({ code: 'custom', path: ['listen'], message });
    },
    { when: whenSound('listen', 'client_ca_file', 'token_file') },
  )
  .superRefine(
    ({ client_names: names, client_ca_file: ca }, ctx) => {
      if (names.length === 0 || ca !== undefined) return;
      ctx.addIssue({
        code: 'custom',
        path: ['client_names'],
        message: 'clients show no certificate without client_ca_file, write that too',
      });
    },
    { when: whenSound('client_names', 'client_ca_file') },
  )
  .superRefine(
    ({ spool_bytes: spool, spool_file_bytes: file, max_body_bytes: body }, ctx) => {
      // The last file stays, even when all of it is stored; a batch becomes longer by the type of each event.
      const least = file + 2 * body;
      if (spool >= least) return;
      const message = `${spool} leaves no room for a batch beside one file, write at least ${least} (spool_file_bytes and twice max_body_bytes)`;
      ctx.addIssue({ code: 'custom', path: ['spool_bytes'], message });
    },
    { when: whenSound('spool_bytes', 'spool_file_bytes', 'max_body_bytes') },
  )
  .describe('Receives what API servers post (--audit-webhook-config-file); absent: nothing is received.');

function isLoopback(listen: string): boolean {
  const host = parseListenAddress(listen)?.host ?? '';
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
