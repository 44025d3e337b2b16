import { describe, expect, test } from 'vitest';
import { RegexStage } from '../../agent/process/regex-stage.ts';
import { ConfiguredStages } from './configured-stages.ts';

const ACCESS =
  '^(?P<ip>\\S+) (?P<identd>\\S+) (?P<user>\\S+) \\[(?P<timestamp>[\\w:/]+\\s[+\\-]\\d{4})\\] "(?P<action>\\S+)\\s?(?P<path>\\S+)?\\s?(?P<protocol>\\S+)?" (?P<status>\\d{3}|-) (?P<size>\\d+|-)\\s?"?(?P<referer>[^"]*)"?\\s?"?(?P<useragent>[^"]*)?"?$';
const LINE =
  '11.11.11.11 - frank [25/Jan/2000:14:00:01 -0500] "GET /1986.js HTTP/1.1" 200 932 "-" "Mozilla/5.0 (Windows; U; Windows NT 5.1; de; rv:1.9.1.7) Gecko/20091221 Firefox/3.5.7 GTB6"';

function stages(options: object): ConfiguredStages {
  return new ConfiguredStages(`stages: ${JSON.stringify([{ regex: options }])}`);
}

// The cases of Promtail's clients/pkg/logentry/stages/regex_test.go.
describe(RegexStage, () => {
  test('successfully run a pipeline with 1 regex stage without source', () => {
    expect(stages({ expression: ACCESS }).extract(LINE).values).toStrictEqual({
      ip: '11.11.11.11',
      identd: '-',
      user: 'frank',
      timestamp: '25/Jan/2000:14:00:01 -0500',
      action: 'GET',
      path: '/1986.js',
      protocol: 'HTTP/1.1',
      status: '200',
      size: '932',
      referer: '-',
      useragent: 'Mozilla/5.0 (Windows; U; Windows NT 5.1; de; rv:1.9.1.7) Gecko/20091221 Firefox/3.5.7 GTB6',
    });
  });

  test('successfully run a pipeline with 1 regex stage with source', () => {
    const protocol = stages({ expression: '^HTTP\\/(?P<protocol_version>[0-9\\.]+)$', source: 'protocol' });
    expect(protocol.extract('x', { protocol: 'HTTP/1.1' }).values).toStrictEqual({ protocol_version: '1.1', protocol: 'HTTP/1.1' });
  });

  test('should not extract if source is not there, or does not match', () => {
    const protocol = stages({ expression: '^HTTP\\/(?P<version>.*)$', source: 'protocol' });
    expect(protocol.extract('HTTP/1.1', {}).values).toStrictEqual({ version: null, protocol: null });
    expect(protocol.extract('HTTP/1.1', { protocol: 'unknown', version: '2' }).values).toStrictEqual({ version: '2', protocol: 'unknown' });
  });

  test('a group that took no part is empty, and what was extracted before is gone', () => {
    const either = stages({ expression: '(?P<a>a)|(?P<b>b)' });
    expect(either.extract('b', { a: '1' }).values).toStrictEqual({ a: '', b: 'b' });
  });

  test('values are text in UTF-8, of bytes that are none U+FFFD', () => {
    const value = stages({ expression: 'v=(?P<v>.*)' });
    expect(value.extract('v=größe 日本').values).toStrictEqual({ v: 'größe 日本' });
    expect(value.extract(Buffer.from('v=a\xff', 'latin1')).values).toStrictEqual({ v: 'a\ufffd' });
  });

  test('groups become labels where that is asked for, empty ones none', () => {
    const labels = stages({ expression: 'm=(?P<m>[A-Z]*)', labels_from_groups: true });
    expect(labels.describe('m=GET')).toBe('out: m=GET\n     {m="GET"}');
    expect(labels.describe('m=')).toBe('out: m=');
  });
});
