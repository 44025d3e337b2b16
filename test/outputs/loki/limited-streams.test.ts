import { describe, expect, test } from 'vitest';
import { limitedStreams } from '../../../agent/outputs/loki/limited-streams.ts';
import { entry, stream } from './pushed-streams.ts';

const NOW = '2026-11-24T23:50:38';
const STREAMS = [stream('{a="1"}', entry(NOW)), stream('{a="4"}', entry(NOW))];

function slow(time: string, bytes: string): string {
  return `entry with timestamp ${time} +0000 UTC ignored, reason: 'Per stream rate limit exceeded (limit: 1KB/sec) while attempting to ingest for stream '{a="1", service_name="unknown_service"}' totaling ${bytes}, consider splitting a stream via additional labels or contact your Loki administrator to see if the limit can be increased',\n`;
}

/** Answers of Loki 3.7.8. */
describe(limitedStreams, () => {
  test('one stream too many', () => {
    const text =
      'maximum active stream limit exceeded when trying to create stream {a="4", service_name="unknown_service"}, reduce the number of active streams ' +
      "(reduce labels or reduce label values), or contact your Loki administrator to see if the limit can be increased, user: 'few'\n";
    expect(limitedStreams(text, STREAMS)).toStrictEqual([1]);
    expect(limitedStreams(text, STREAMS.slice(0, 1))).toBe(null);
  });

  test('a stream over its rate', () => {
    const text = `${slow('2026-11-24 23:50:38.989', '1500B')}${slow('2026-11-24 23:50:38.989000001', '1KB')}user 'slow', total ignored: 2 out of 2 for stream: {a="1", service_name="unknown_service"}\n`;
    expect(limitedStreams(text, STREAMS)).toStrictEqual([0]);
  });

  test('a stream over its rate, with entries too far behind', () => {
    const text =
      `entry with timestamp 2026-11-24 22:43:58.989 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: 2026-11-24T22:43:58Z, oldest acceptable timestamp is: 2026-11-24T22:50:38Z',\n` +
      `${slow('2026-11-24 23:50:38.989000001', '1500B')}user 'slowunsharded', total ignored: 2 out of 4 for stream: {a="1", service_name="unknown_service"}\n`;
    expect(limitedStreams(text, STREAMS)).toStrictEqual([0]);
  });

  test.each([
    "ingestion rate limit exceeded for user big2 (limit: 4194304 bytes/sec) while attempting to ingest '28' lines totaling '7340032' bytes, reduce log volume or contact your Loki administrator to see if the limit can be increased\n",
    'too many requests\n',
    '',
  ])('nothing from %j', (text) => {
    expect(limitedStreams(text, STREAMS)).toBe(null);
  });
});
