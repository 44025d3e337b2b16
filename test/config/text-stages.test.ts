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
