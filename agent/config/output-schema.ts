import { z } from 'zod';
import { headersSchema } from './headers-schema.ts';
import { absolutePath, inOrder, seconds, tenant, whenSound, wholeNumber } from './scalar-schemas.ts';
import { urlFault } from './url-fault.ts';

interface LokiOutputConfig {
  readonly name: string;
  readonly type: 'loki';
  readonly url: string;
  readonly tenant?: string;
  readonly logs: readonly (typeof LOGS)[number][];
  readonly format: 'protobuf' | 'json';
  /** `snappy` only with protobuf, `gzip` only with json. */
  readonly compression: 'snappy' | 'gzip' | 'none';
  readonly headers: Readonly<Record<string, string>>;
  /** At most one of `basic_auth` and `bearer_token_file` is set. */
  readonly basic_auth?: { readonly username: string; readonly password_file: string };
  readonly bearer_token_file?: string;
  readonly tls: TlsConfig;
  readonly timeout_seconds: number;
  readonly batch_bytes: number;
  readonly batch_wait_seconds: number;
  readonly max_in_flight: number;
  readonly backoff: { readonly min_seconds: number; readonly max_seconds: number };
  readonly required: boolean;
  readonly accepts: AcceptsConfig;
}

/** What the store takes; 0 for no limit. */
interface AcceptsConfig {
  readonly max_age_seconds: number;
  readonly max_future_seconds: number;
  readonly max_line_bytes: number;
  readonly out_of_order_seconds: number;
  readonly stream_rate_bytes: number;
  readonly stream_burst_bytes: number;
}

interface TlsConfig {
  readonly ca_file?: string;
  /** Set together with `key_file` or not at all. */
  readonly cert_file?: string;
  readonly key_file?: string;
  readonly insecure_skip_verify: boolean;
}

/** Told apart by `type`. */
export type OutputConfig = LokiOutputConfig;

/** What an output may take. */
const LOGS = ['containers', 'audit'] as const;

const COMPRESSIONS = { protobuf: ['snappy', 'none'], json: ['gzip', 'none'] } as const;

const tls: z.ZodType<TlsConfig> = z
  .strictObject({
    ca_file: absolutePath().exactOptional().describe("PEM file of the authorities to trust instead of Node's own list."),
    cert_file: absolutePath().exactOptional().describe('PEM file of the client certificate; key_file goes with it.'),
    key_file: absolutePath().exactOptional().describe("PEM file of the client certificate's private key."),
    insecure_skip_verify: z.boolean().default(false).describe("Accept any certificate of the server's; for trials only."),
  })
  .superRefine(
    (written, ctx) => {
      if ((written.cert_file === undefined) === (written.key_file === undefined)) return;
      const [set, missing] = written.cert_file === undefined ? ['key_file', 'cert_file'] : ['cert_file', 'key_file'];
      ctx.addIssue({ code: 'custom', path: [set], message: `set without ${missing}, write both or neither` });
    },
    { when: whenSound('cert_file', 'key_file') },
  )
  .prefault({})
  .describe('How the connection is secured; only used with an https URL.');

const backoff: z.ZodType<LokiOutputConfig['backoff']> = z
  .strictObject({
    min_seconds: seconds(0.01).default(0.5).describe('Seconds that bound the first delay.'),
    max_seconds: seconds(0.01).default(30).describe('Seconds that bound every delay.'),
  })
  .check(inOrder('min_seconds', 'max_seconds'))
  .prefault({})
  .describe('Delays between attempts: random, up to a bound that doubles from min_seconds to max_seconds.');

/** Defaults are Loki's own (loki pkg/validation/limits.go; half of the ingester's max_chunk_age for what is out of order). */
const accepts: z.ZodType<AcceptsConfig> = z
  .strictObject({
    max_age_seconds: wholeNumber(0, 3_155_760_000)
      .default(604_800)
      .describe("Age from which the store refuses an entry: Loki's reject_old_samples_max_age; 0 with reject_old_samples: false."),
    max_future_seconds: wholeNumber(0, 3_155_760_000)
      .default(600)
      .describe("How far in the future the store takes an entry: Loki's creation_grace_period; 0: as far as may be."),
    max_line_bytes: wholeNumber(0, 1_073_741_824).default(262_144).describe("Loki's max_line_size; 0: any."),
    out_of_order_seconds: wholeNumber(0, 3_155_760_000)
      .default(3600)
      .describe("How far behind the newest entry of its stream an entry may be: half of Loki's max_chunk_age; 0: as far as may be."),
    stream_rate_bytes: wholeNumber(0, 1_099_511_627_776)
      .default(3_145_728)
      .describe("Bytes a second that a stream is sent at most: Loki's per_stream_rate_limit, which its answers may hide; 0: any."),
    stream_burst_bytes: wholeNumber(0, 1_099_511_627_776)
      .default(15_728_640)
      .describe("Bytes beyond that which are sent at once: Loki's per_stream_rate_limit_burst."),
  })
  .prefault({})
  .describe("The store's limits: what it would refuse is not sent. The defaults are Loki's.");

const loki = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]+$/, { error: 'not a usable name, write lower-case letters, digits and - only' })
      .describe('Name of this output in logs, metrics and checkpoints.'),
    type: z.literal('loki').describe('Kind of store.'),
    url: z
      .string()
      .superRefine((text, ctx) => {
        const fault = urlFault(text);
        if (fault !== null) ctx.addIssue({ code: 'custom', message: fault });
      })
      .meta({ format: 'uri' })
      .describe('Where to push, with the full path: http://loki:3100/loki/api/v1/push'),
    tenant: tenant().exactOptional().describe('Tenant to push as, sent as X-Scope-OrgID.'),
    logs: z
      .array(z.enum(LOGS))
      .min(1, { error: 'an empty list, write containers, audit or both' })
      .default([...LOGS])
      .describe('What goes there: logs of containers, audit events, or both; these only where there is an audit log.'),
    format: z.enum(['protobuf', 'json']).default('protobuf').describe('Body of a push request.'),
    compression: z
      .enum(['snappy', 'gzip', 'none'])
      .exactOptional()
      .describe('With format protobuf snappy (its default) or none, with json gzip (its default) or none.'),
    headers: headersSchema,
    basic_auth: z
      .strictObject({
        username: z
          .string()
          .regex(/^[^:]+$/, { error: 'not a usable user name, write one that is not empty and holds no colon' })
          .describe('User name.'),
        password_file: absolutePath().describe('File that holds the password; read again when it changes.'),
      })
      .exactOptional()
      .describe('HTTP basic authentication.'),
    bearer_token_file: absolutePath().exactOptional().describe('File that holds a bearer token; read again when it changes.'),
    tls,
    timeout_seconds: seconds(0.1).default(30).describe('Seconds after which a request is given up and tried again.'),
    batch_bytes: wholeNumber(1024, 4_194_304)
      .default(1_048_576)
      .describe(
        "Bytes of a batch before compression, fewer where the store does not take so many; Loki's ingesters refuse messages over 4 MiB.",
      ),
    batch_wait_seconds: seconds(0).default(1).describe('Seconds that the first entry of a batch waits for more.'),
    max_in_flight: wholeNumber(1, 64)
      .default(4)
      .describe('Requests on their way at once at most, fewer where the store asks for it; never two for the same stream.'),
    backoff,
    required: z
      .boolean()
      .default(true)
      .describe('Whether deleted files are held open for this output, and a loss of its entries counts as one; false: best effort.'),
    accepts,
  })
  .superRefine(
    (written, ctx) => {
      const fitting: readonly string[] = COMPRESSIONS[written.format];
      if (written.compression === undefined || fitting.includes(written.compression)) return;
      const message = `${written.compression} does not go with format ${written.format}, write ${fitting.join(' or ')}`;
      ctx.addIssue({ code: 'custom', path: ['compression'], message });
    },
    { when: whenSound('format', 'compression') },
  )
  .refine((written) => written.basic_auth === undefined || written.bearer_token_file === undefined, {
    path: ['bearer_token_file'],
    when: whenSound(),
    error: 'set beside basic_auth, keep one of the two',
  })
  // The order of keys is the one that `logferry check` prints.
  .transform(({ name, type, url, format, compression = COMPRESSIONS[format][0], ...rest }) => ({
    name,
    type,
    url,
    format,
    compression,
    ...rest,
  }));

/** Where entries go: at least one output, each with a name of its own. */
export const outputsSchema: z.ZodType<readonly OutputConfig[]> = z
  .array(z.discriminatedUnion('type', [loki]))
  .min(1, { error: 'an empty list, write at least one output' })
  .superRefine(
    (outputs, ctx) => {
      // Other problems of an output do not hide this one, so it may be anything.
      const names = outputs.map((output: Partial<OutputConfig> | null) => output?.name);
      for (const [index, name] of names.entries()) {
        const first = names.indexOf(name);
        if (typeof name !== 'string' || first === index) continue;
        ctx.addIssue({ code: 'custom', path: [index, 'name'], message: `${name} is the name of outputs[${first}] too, write another` });
      }
    },
    { when: whenSound() },
  )
  .describe('Stores that entries are shipped to.');
