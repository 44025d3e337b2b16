import { z } from 'zod';
import { whenSound } from './scalar-schemas.ts';

const HTTP_CLIENT_SETS_IT = 'the HTTP client sets this header itself, remove it';

/** Headers that something else decides on, and what to write instead. */
const RESERVED: ReadonlyMap<string, string> = new Map([
  ['authorization', 'a secret must not stand in the configuration, write basic_auth or bearer_token_file instead'],
  ['proxy-authorization', 'a secret must not stand in the configuration, remove it'],
  ['x-scope-orgid', 'the tenant has a key of its own, write tenant instead'],
  ['content-type', 'it follows from the body, write format instead'],
  ['content-encoding', 'it follows from the body, write compression instead'],
  ['content-length', HTTP_CLIENT_SETS_IT],
  ['transfer-encoding', HTTP_CLIENT_SETS_IT],
  ['connection', HTTP_CLIENT_SETS_IT],
  ['keep-alive', HTTP_CLIENT_SETS_IT],
  ['upgrade', HTTP_CLIENT_SETS_IT],
  ['expect', HTTP_CLIENT_SETS_IT],
  ['host', 'it follows from url, write the host there'],
]);

const headerName = z
  .string()
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, {
    error: "not a header name, write letters, digits and any of !#$%&'*+-.^_`|~ only",
    abort: true,
  })
  .refine((name) => !RESERVED.has(name.toLowerCase()), { error: (issue) => RESERVED.get(String(issue.input).toLowerCase()) });

const headerValue = z
  .string()
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, { error: 'holds characters that no header may hold, write one line of Latin-1 text' });

/** Extra headers of a push request. Their values are taken for secrets: no message and no output repeats them. */
export const headersSchema: z.ZodType<Readonly<Record<string, string>>> = z
  .record(headerName, headerValue)
  .superRefine(
    (headers, ctx) => {
      const seen = new Set<string>();
      for (const name of Object.keys(headers)) {
        const folded = name.toLowerCase();
        if (seen.has(folded)) ctx.addIssue({ code: 'custom', path: [name], message: 'given twice (case does not matter), remove one' });
        seen.add(folded);
      }
    },
    { when: whenSound() },
  )
  .default({})
  .describe('Extra headers of every request: name to value.');
