import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Level, LEVELS } from '../../agent/model/level.ts';
import { LevelStage, levelOf } from '../../agent/process/level-stage.ts';
import { processed, viewOf } from './entry.ts';

function level(text: string | Buffer): Level | null {
  const { buffer, start, end } = viewOf(Buffer.from(text));
  return levelOf(buffer, start, end);
}

const ESC = '\x1b';

describe(levelOf, () => {
  test.each<[string, Level | null]>([
    ['{"level":"info"}', 'info'],
    ['{"ts":1.5e3,"msg":"x","level":"WARN"}', 'warn'],
    ['  { "a" : [ 1 , "]" ] , "lvl" : "dbg" }', 'debug'],
    ['{"severity":"CRITICAL"}', 'critical'],
    ['{"SeverityText":"Information"}', 'info'],
    ['{"severity_text":"Trace"}', 'trace'],
    ['{"log.level":"err"}', 'error'],
    ['{"level":50,"msg":"pino"}', 'error'],
    ['{"level":{"level":"info"},"Level":"fatal"}', 'fatal'],
    ['{"a":{"level":"info","b":[{"level":"warn"}]}}', null],
    ['{"msg":"\\",\\"level\\":\\"info\\"","LVL":"warning"}', 'warn'],
    ['{"path":"C:\\\\","level":"error"}', 'error'],
    ['{"msg":"level=info ERROR"}', null],
    ['{"level":"verbose","severity":"info"}', 'info'],
    ['{"level":null}', null],
    ['{"level":true}', null],
    ['{"level":5}', null],
    ['{"level":"inf', null],
    ['{"level":"info', null],
    ['{"level":"error","msg":"cut', 'error'],
    ['{"level"', null],
    ['{"level":', null],
    ['{"a":[', null],
    ['{"a":"b" "level":"info"}', null],
    ['{}', null],
    ['{', null],
  ])('JSON: %s', (text, want) => expect(level(text)).toBe(want));

  test.each<[string, Level | null]>([
    ['level=info msg="x y"', 'info'],
    ['ts=1 LEVEL=Warning', 'warn'],
    ['time="a level=error" lvl=dbg', 'debug'],
    ['msg="say \\"level=error\\"" severity="fatal"', 'fatal'],
    ['level=info, x', 'info'],
    ['2024-05-01 [main] (level=trc)', null],
    ['(a level=trc)', 'trace'],
    ['level=verbose severity=info', 'info'],
    ['mylevel=info', null],
    ['level= info', null],
    ['level="info', 'info'],
    ['level=', null],
    ['=', null],
  ])('logfmt: %s', (text, want) => expect(level(text)).toBe(want));

  test.each<[string, Level | null]>([
    ['I0501 12:00:00.000000       1 main.go:1] x', 'info'],
    ['W1231 23:59:59.999999 1 main.go:1] level=info', 'warn'],
    ['E0501 12:00:00.000000 1 main.go:1] "failed" err="x"', 'error'],
    ['F0501 12:00:00.000000 1 main.go:1] x', 'fatal'],
    ['E0501 12:00', null],
    ['E0501 1a:00:00.000000 1 x', null],
    ['X0501 12:00:00.000000 1 x', null],
  ])('klog: %s', (text, want) => expect(level(text)).toBe(want));

  test.each<[string, Level | null]>([
    ['[ERROR] x', 'error'],
    ['[error] x', 'error'],
    ['<Warning> x', 'warn'],
    ['(info) x', 'info'],
    ['2024-05-01 12:00:00.123  INFO 1 --- [main] c.e.App : Started', 'info'],
    ['2024-05-01 12:00:00,123 - name - CRITICAL - x', 'critical'],
    ['[12:00:00 WRN] x', 'warn'],
    ['12:00:00|DEBUG|x', 'debug'],
    ['main.go:12:FATAL x', 'fatal'],
    ['error: no such file', 'error'],
    ['npm warn: x', 'warn'],
    [`${ESC}[32mINFO${ESC}[0m x`, 'info'],
    [`2024 ${ESC}[1;31mERR${ESC}[0m x`, 'error'],
    [`${ESC}INFO`, 'info'],
    ['{main} [warn] x', 'warn'],
    ['INFO no ERROR here', 'info'],
    ['TRACE', 'trace'],
    ['some info on an error', null],
    ['[info x', null],
    ['PREFIXED_ERROR INFORMATIONAL xINFO 2INFO /INFO INFO/', null],
    ['[30] x', null],
    ['', null],
    [' ', null],
    [`${'x'.repeat(251)} ERROR`, null],
    [`${'x'.repeat(253)} ERROR`, null],
    [`${'x'.repeat(249)} ERROR x`, 'error'],
  ])('words: %s', (text, want) => expect(level(text)).toBe(want));

  test('finds what JSON.parse finds in an object, wherever it stands', () => {
    const values: readonly fc.JsonValue[] = [...LEVELS, 'none', null, {}];
    const key = fc.oneof(fc.constantFrom('level', 'lvl', 'LEVEL', 'severity', 'msg', 'levels'), fc.string());
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(...values));
    const object = fc.array(fc.tuple(key, value), { maxLength: 8 });
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, '\t'), (fields, indent) => {
        const text = JSON.stringify(Object.fromEntries(fields.filter(([key]) => !/^\d+$/.test(key) && key !== '__proto__')), null, indent);
        const parsed = Object.entries(JSON.parse(text) as object) as [string, unknown][];
        const numbers: Readonly<Record<string, Level>> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
        const found = parsed
          .filter(([key]) => ['level', 'lvl', 'severity'].includes(key.toLowerCase()))
          .map(([, value]) => (LEVELS.includes(value as Level) ? (value as Level) : numbers[JSON.stringify(value).replaceAll('"', '')]))
          .find((level) => level !== undefined);
        expect(level(text)).toBe(found ?? null);
      }),
      { numRuns: 500 },
    );
  });

  test('any bytes, and any cut of a line, are looked at inside of the line only', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array(), fc.constantFrom('{"level":"', 'level="', '[', `${ESC}[`, 'E0501 12:00:0', '{"a\\')),
        (bytes) => {
          const alone = Buffer.from(bytes as Uint8Array);
          expect(level(alone)).toBe(levelOf(alone, 0, alone.length));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function levelStage(drop: readonly Level[] = [], countFiltered: (reason: string) => void = () => {}): LevelStage {
  return new LevelStage({ drop, countFiltered });
}

describe(LevelStage, () => {
  test('I5 leaves out lines of the levels that it is told to, and counts them', () => {
    const reasons: string[] = [];
    const stage = levelStage(['debug', 'trace'], (reason) => reasons.push(reason));
    expect(['[DEBUG] a', '{"level":10}', '[INFO] a', 'debugging'].map((text) => processed(stage, text).goesOn)).toStrictEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(reasons).toStrictEqual(['level', 'level']);
  });

  test('I9 says it in metadata, and leaves the text as it is', () => {
    const stage = levelStage();
    const text = '{"level":"error"}';
    for (let time = 0; time < 2; time += 1) {
      expect(processed(stage, text)).toStrictEqual({ goesOn: true, text: Buffer.from(text), metadata: [['detected_level', 'error']] });
    }
  });

  test('says nothing of a line without a level, since Loki then looks for itself', () => {
    expect(processed(levelStage(), 'hello').metadata).toBeNull();
    expect(processed(levelStage(), 'hello', [['partial', 'true']]).metadata).toStrictEqual([['partial', 'true']]);
  });

  test('keeps what is said of the entry already', () => {
    expect(processed(levelStage(), '[WARN] cut', [['line_part', '1']]).metadata).toStrictEqual([
      ['line_part', '1'],
      ['detected_level', 'warn'],
    ]);
  });

  test('what is said of its level already stays', () => {
    const once = processed(levelStage(), 'level=info ERROR', [['detected_level', 'error']]);
    expect(once.metadata).toStrictEqual([['detected_level', 'error']]);
  });

  test('the metadata of all entries of a level is one array, so that it is encoded once', () => {
    const stages = [levelStage(), levelStage()];
    const [first, second] = stages.map((stage) => processed(stage, 'INFO x').metadata);
    expect(first).toBe(second);
  });
});
