import { describe, expect, it } from 'vitest';
import { OUTPUTS, problemsOf } from './problems-of.ts';

function problems(...stages: string[]): string[] {
  const text = `${OUTPUTS}\nstages:\n${stages.map((stage) => `  - ${stage}\n`).join('')}`;
  return problemsOf(text).map((problem) => problem.replace(/^f\.yaml:\d+:\d+ /, ''));
}

describe('template', () => {
  it('is compiled when the configuration is read', () => {
    expect(
      problems(
        `template: {source: a, template: '{{ Tolower .Value }}'}`,
        `template: {source: a, template: '{{ frobnicate .Value }}'}`,
        `template: {source: a, template: '{{ .Value'}`,
        `template: {source: ''}`,
      ),
    ).toEqual([
      'stages[0].template.template: unknown function Tolower, did you mean ToLower?',
      'stages[1].template.template: unknown function frobnicate',
      'stages[2].template.template: {{ is not closed, write }} behind the action',
      expect.stringMatching(/^stages\[3\]\.template\.template: missing, add it: /),
      'stages[3].template.source: empty text, write at least one character',
    ]);
  });
});

describe('timestamp', () => {
  it('has to be of a known form and zone', () => {
    expect(
      problems(
        'timestamp: {source: t, format: RFC3339Nanos}',
        `timestamp: {source: t, format: "%Y-%m-%d", fallback_formats: [unixms, "2006-01-02"]}`,
        'timestamp: {source: t, format: Unix, location: America/Canada, action_on_failure: drop, max_behind_seconds: 0}',
      ),
    ).toEqual([
      'stages[0].timestamp.format: no known layout, did you mean RFC3339Nano?',
      expect.stringMatching(
        /^stages\[1\]\.timestamp\.format: holds nothing of Go's reference time Mon Jan 2 15:04:05 -0700 MST 2006, write/,
      ),
      'stages[1].timestamp.fallback_formats[0]: no known layout, did you mean UnixMs?',
      'stages[2].timestamp.location: no zone that is known here, write a name of the IANA database, such as Europe/Berlin or UTC',
      'stages[2].timestamp.action_on_failure: found the text "drop", want one of fudge, skip',
      'stages[2].timestamp.max_behind_seconds: the number 0 is too small, write at least 1',
    ]);
  });
});

describe('limit', () => {
  it('leaves lines out, or is no stage', () => {
    expect(
      problems(
        'limit: {rate: 10, burst: 10}',
        'limit: {rate: 10, burst: 10, drop: false}',
        'limit: {rate: 0, burst: 0.5, drop: true, by_label: app}',
      ),
    ).toEqual([
      'stages[0].limit.drop: write true: lines beyond the rate are left out here; limits.rules slows a container down and loses nothing',
      'stages[1].limit.drop: write true: lines beyond the rate are left out here; limits.rules slows a container down and loses nothing',
      'stages[2].limit.rate: lets nothing pass, write a number of lines a second above 0',
      'stages[2].limit.burst: found the number 0.5, want a whole number',
      'stages[2].limit.burst: the number 0.5 is too small, write at least 1',
      'stages[2].limit.by_label: unknown key, did you mean by_label_name?',
    ]);
  });
});

describe('sampling', () => {
  it('lets a share pass', () => {
    expect(problems('sampling: {rate: 10}', 'sampling: {}')).toEqual([
      'stages[0].sampling.rate: the number 10 is too large, write at most 1',
      'stages[1].sampling.rate: missing, add it: Share of the entries that go on, 0 to 1.',
    ]);
  });
});

describe('metrics', () => {
  it('have names, types and what these need', () => {
    expect(
      problems(
        'metrics: {}',
        'metrics: {a: {type: Summary, config: {}}}',
        'metrics: {a: {type: Counter, config: {action: set}}}',
        'metrics: {a: {type: counter, config: {match_all: true, value: x, action: inc}}}',
        'metrics: {b: {type: counter, config: {count_entry_bytes: true, action: add}}}',
        'metrics: {c: {type: counter, config: {match_all: true, count_entry_bytes: true, action: inc}}}',
        'metrics: {d: {type: counter, config: {match_all: true, action: add}}}',
        'metrics: {e: {type: Gauge, prefix: logferry_, max_idle_duration: 5, labels: [output], config: {action: inc}}}',
        'metrics: {f: {type: Gauge, max_idle_duration: 500ms, config: {action: inc, buckets: [1]}}}',
        'metrics: {g: {type: Histogram, config: {buckets: [2, 1]}}, "h-1": {type: Gauge, config: {action: inc}}}',
      ),
    ).toEqual([
      'stages[0].metrics: no metric, write its name and what it is, or remove the stage',
      'stages[1].metrics.a.type: found the text "Summary", want one of Counter, counter, Gauge, gauge, Histogram, histogram',
      'stages[2].metrics.a.config.action: found the text "set", want one of inc, add',
      'stages[3].metrics.a.config: match_all counts every entry and value only some, remove one of them',
      'stages[4].metrics.b.config: count_entry_bytes counts every entry, write match_all: true as well',
      'stages[5].metrics.c.config: count_entry_bytes adds, write action: add',
      'stages[6].metrics.d.config: match_all looks at no value to add, write action: inc, or count_entry_bytes: true',
      'stages[7].metrics.e.prefix: metrics of the agent itself begin like that, write logferry_custom_ or another prefix',
      'stages[7].metrics.e.max_idle_duration: found the number 5, want text: put quotes around it',
      'stages[7].metrics.e.labels[0]: a label that every metric of this kind has, write another',
      'stages[8].metrics.f.max_idle_duration: no time span of a second at least, write one such as 30s, 5m or 24h',
      'stages[8].metrics.f.config.buckets: unknown key, remove it; known here: value, action',
      'stages[9].metrics.g.config.buckets: not in ascending order, write each bound once, the smallest first',
      'stages[9].metrics.h-1: not the name of a metric, write letters, digits, _ and : only',
    ]);
  });

  it('of one name are the same', () => {
    expect(
      problems(
        'metrics: {a: {type: Counter, config: {action: inc}}}',
        'metrics: {a: {type: counter, source: b, config: {action: add}}}',
        'metrics: {a: {type: Gauge, config: {action: inc}}, b: {type: Gauge, config: {action: inc}}}',
        `match: {selector: '{app="x"}', stages: [{metrics: {b: {type: Gauge, labels: [app], config: {action: inc}}}}]}`,
      ),
    ).toEqual([
      'stages[2].metrics.a: logferry_custom_a is another metric at stages.0.metrics.a, give one of them another name',
      'stages[3].match.stages[0].metrics.b: logferry_custom_b is another metric at stages.2.metrics.b, give one of them another name',
    ]);
  });
});
