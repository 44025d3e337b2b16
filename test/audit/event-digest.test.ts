import { expect, test } from 'vitest';
import { eventDigest } from '../../agent/audit/event-digest.ts';

test('equal bytes at an equal time are one event; another line, second or nanosecond is another', () => {
  const line = Buffer.from('{"auditID":"a"}');
  const same = eventDigest(line, 5, 60);
  expect(eventDigest(Buffer.from(line), 5, 60).equals(same)).toBe(true);
  const others = [eventDigest(Buffer.from('{"auditID":"b"}'), 5, 60), eventDigest(line, 6, 60), eventDigest(line, 5, 6)];
  expect(others.filter((digest) => digest.equals(same))).toEqual([]);
});
