import { describe, expect, test } from 'vitest';
import { LokiOutput } from '../../agent/outputs/loki/loki-output.ts';
import { pushEvents } from '../support/audit-events.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LokiProcess, lokiProgram } from '../support/loki-process.ts';
import { plainLoki } from '../support/plain-loki.ts';

const program = lokiProgram();
const NEVER = new AbortController().signal;
/** Who may read container logs. */
const ANOTHER = 'apps';

async function answerOf({ url }: LokiProcess, format: 'protobuf' | 'json'): Promise<string> {
  await using output = new LokiOutput(plainLoki(`${url}/loki/api/v1/push`, { tenant: 'audit', format }), new FakeClock());
  return await output.tenants(NEVER);
}

describe.skipIf(program === null)('a real Loki', () => {
  test.each([
    { auth: true, answer: 'separated', seen: [] },
    { auth: false, answer: 'together', seen: ['kube-audit'] },
  ])('is known to be $answer with auth_enabled: $auth, and is', async ({ auth, answer, seen }) => {
    await using loki = await LokiProcess.start(program!, { alertmanagerUrl: 'http://127.0.0.1:1', rules: {}, auth });
    for (const format of ['protobuf', 'json'] as const) expect(await answerOf(loki, format)).toBe(answer);
    await pushEvents(loki.url, 'audit', [{}]);
    const { data = [] } = JSON.parse(await loki.get('/loki/api/v1/label/job/values', ANOTHER)) as { data?: string[] };
    expect(data).toStrictEqual(seen);
  });
});
