import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEventList } from '../../agent/audit/event-list.ts';
import { JsonCursor } from '../../agent/json/json-cursor.ts';

const RUNS = { numRuns: 1000 };
const texts = fc.string({ unit: 'binary' });
const spaces = fc.constantFrom('', ' ', '\n', '\t\r\n ');
const events = fc
  .tuple(
    fc.uuid(),
    fc.constantFrom('RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'),
    fc.dictionary(texts, fc.jsonValue()),
  )
  .map(([auditID, stage, rest]) => ({ ...withoutTypes(rest), auditID, stage }));

function withoutTypes({ kind: _kind, apiVersion: _apiVersion, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}

function bodyOf(items: readonly unknown[], space: string): Buffer {
  return Buffer.from(JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items }, null, space));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe(readEventList, () => {
  test('each event is one line, the same event with its type in front, whatever white space came with it', () => {
    fc.assert(
      fc.property(fc.array(events), spaces, (posted, space) => {
        const list = readEventList(bodyOf(posted, space));
        const lines = list.ok ? list.events.map((event) => event.toString()) : [];
        const head = '{"kind":"Event","apiVersion":"audit.k8s.io/v1",';
        expect(lines).toEqual(posted.map((event) => head + JSON.stringify(event).slice(1)));
      }),
      RUNS,
    );
  });

  test('what is no JSON is never taken, and what is JSON always, however it is cut, doubled or changed', () => {
    const changes = fc.tuple(
      fc.nat(),
      fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '\\', '0', '-', '.', 'e', ' ', '\n', 'u', 'null'),
    );
    fc.assert(
      fc.property(fc.json(), fc.array(changes, { maxLength: 3 }), (json, edits) => {
        const text = edits.reduce(
          (now, [at, put]) => now.slice(0, at % (now.length + 1)) + put + now.slice((at % (now.length + 1)) + 1),
          json,
        );
        const cursor = new JsonCursor(Buffer.from(text));
        expect(cursor.value() && cursor.isAtEnd()).toBe(isJson(Buffer.from(text).toString()));
      }),
      { numRuns: 5000 },
    );
  });

  test('numbers that no double can hold keep all of their digits', () => {
    const body =
      '{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{"auditID":"a","stage":"Panic","requestObject":{"n":9007199254740993}}]}';
    const list = readEventList(Buffer.from(body));
    expect(list).toMatchObject({ ok: true, malformed: 0 });
    expect(list.ok && list.events[0]!.toString()).toContain('"requestObject":{"n":9007199254740993}');
  });

  test('an event that brings its type, wherever, gets it in front like all others', () => {
    const item = '{"auditID":"a","kind":"Event","stage":"Panic","apiVersion":"audit.k8s.io/v1"}';
    const list = readEventList(Buffer.from(`{"items":[${item}],"apiVersion":"audit.k8s.io/v1","kind":"EventList"}`));
    expect(list.ok && list.events.map(String)).toEqual(['{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a","stage":"Panic"}']);
  });

  test('what is no event is counted and keeps none of its neighbours away (I6)', () => {
    const event = { auditID: 'a', stage: 'Panic' };
    const list = readEventList(bodyOf([event, 1, null, [], {}, { auditID: 'a' }, { auditID: 1, stage: 'Panic' }, 'x', event], ''));
    expect(list.ok && [list.events.length, list.malformed]).toEqual([2, 7]);
  });

  const head = '"kind":"EventList","apiVersion":"audit.k8s.io/v1"';
  test.each([
    ['', 'at byte 0'],
    ['null', 'at byte 0'],
    ['[]', 'at byte 0'],
    ['{', 'at byte 1'],
    [`{${head},"items":[]`, 'at byte 61'],
    [`{${head},"items":[]}}`, 'at byte 62'],
    [`{${head},"items":[{"auditID":"a","stage":"Panic",}]}`, 'at byte'],
    [`{${head},"items":[{"auditID":"a\n","stage":"Panic"}]}`, 'at byte'],
    [`{${head},"items":{}}`, 'at byte'],
    [`{${head},"items":[],"items":[]}`, 'items is given twice'],
    [`{${head},"kind":"EventList","items":[]}`, 'kind is given twice'],
    [`{${head}}`, 'there are no items'],
    ['{"items":[]}', 'kind is missing, want "EventList"'],
    ['{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a"}', 'kind is "Event", want "EventList"'],
    ['{"kind":"EventList","apiVersion":"audit.k8s.io/v1beta1","items":[]}', 'apiVersion is "audit.k8s.io/v1beta1", want "audit.k8s.io/v1"'],
    [`{${head},"items":[${'['.repeat(2000)}${']'.repeat(2000)}]}`, 'at byte'],
  ])('%# %s is refused: %s', (body, fault) => {
    expect(readEventList(Buffer.from(body))).toEqual({ ok: false, fault: expect.stringContaining(fault) as string });
  });

  test('bytes that are not UTF-8 are refused', () => {
    expect(readEventList(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]))).toEqual({ ok: false, fault: 'the body is not UTF-8' });
  });
});
