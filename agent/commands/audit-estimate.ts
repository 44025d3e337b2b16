import { parseEvent } from '../audit/audit-event.ts';
import { dailyEstimate } from '../audit/daily-estimate.ts';
import { estimateText } from '../audit/estimate-text.ts';
import { Estimate } from '../audit/estimate.ts';
import { auditLogFiles, auditLogLines } from '../audit/read-audit-log.ts';
import type { AuditAction } from './audit-action.ts';
import { EXIT_FAILED, EXIT_OK, type Host, readOptions } from './command.ts';
import { loadPolicy } from './load-policy.ts';

/** `logferry audit estimate`. */
export const auditEstimate: AuditAction = { run };

async function run(args: readonly string[], host: Host): Promise<number | string> {
  const read = readOptions(args, { from: { type: 'string' }, json: { type: 'boolean' } }, 1);
  if (!read.ok) return read.misuse;
  const [file] = read.operands;
  const { from, json = false } = read.values;
  if (file === undefined) return 'name the policy file';
  if (from === undefined) return 'name an audit log with --from FILE, or the directory of its files';
  const loaded = await loadPolicy(file, host);
  if (!loaded.ok) return loaded.code;
  const estimate = new Estimate(loaded.policy);
  const isWhole = await addAll(estimate, from, host);
  const daily = dailyEstimate(estimate, loaded.policy);
  if (daily === null) {
    const what = estimate.recorded.events === 0 ? 'holds no events' : 'holds events of less than a second, which say nothing about a day';
    host.stderr.write(`logferry audit estimate: ${from} ${what}\n`);
    return EXIT_FAILED;
  }
  host.stdout.write(json ? `${JSON.stringify(daily, null, 2)}\n` : estimateText(daily));
  return isWhole ? EXIT_OK : EXIT_FAILED;
}

/** Adds what can be read; false, and a line for each on stderr, when something cannot. */
async function addAll(estimate: Estimate, from: string, host: Host): Promise<boolean> {
  let isWhole = true;
  const complain = (file: string, what: string): void => {
    isWhole = false;
    host.stderr.write(`logferry audit estimate: ${file}: ${what}\n`);
  };
  const files = await auditLogFiles(from).catch((error: unknown) => {
    complain(from, readFault(error));
    return [];
  });
  for (const file of files) {
    try {
      const strangers = await addFile(estimate, file, host.stop);
      if (strangers > 0) complain(file, `${strangers} lines are no events of audit.k8s.io/v1 in JSON, left out`);
    } catch (error) {
      complain(file, readFault(error));
    }
  }
  return isWhole;
}

/** Resolves to the number of lines that are no events. */
async function addFile(estimate: Estimate, file: string, stop: AbortSignal): Promise<number> {
  let strangers = 0;
  for await (const line of auditLogLines(file)) {
    if (stop.aborted) break;
    const event = parseEvent(line);
    if (event === null) strangers += 1;
    else estimate.add(event);
  }
  return strangers;
}

/** Throws what neither the file system nor gzip has said. */
function readFault(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined || code.startsWith('ERR_')) throw error;
  return code.startsWith('Z_') ? `what is compressed breaks off (${message}), the rest is left out` : message;
}
