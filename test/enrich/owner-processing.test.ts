import { describe, expect, test } from 'vitest';
import { type OwnersWord, ownerProcessing } from '../../agent/enrich/owner-processing.ts';
import { CONVENTIONS, type Convention } from '../../agent/model/exclusion.ts';
import type { OwnerProcessing } from '../../agent/model/owner-processing.ts';
import { STDERR, STDOUT } from '../../agent/model/record.ts';
import { podLike } from './some-pods.ts';

type Texts = Readonly<Record<string, string>>;

const NOTHING: OwnerProcessing = { format: null, decolorize: false, dropLevels: [], sampleRate: 1, tenant: null, redact: [] };

/** What is said of stdout and stderr of the container `web`. */
function saidOf(annotations: Texts, conventions: readonly Convention[] = CONVENTIONS): [OwnersWord, OwnersWord] {
  const pod = podLike({ annotations });
  const of = (channel: 0 | 1): OwnersWord => ownerProcessing(pod, { container: 'web', channel }, conventions);
  return [of(STDOUT), of(STDERR)];
}

describe('the owner of a pod says', () => {
  test.each<[Texts, Partial<OwnerProcessing>, Partial<OwnerProcessing>?]>([
    [{}, {}],
    [{ 'logferry.io/format': 'json' }, { format: 'json' }],
    [{ 'logferry.io/format': 'json', 'logferry.io/format.web': 'logfmt', 'logferry.io/format.other': 'json' }, { format: 'logfmt' }],
    [{ 'logferry.io/drop-levels': 'trace, debug' }, { dropLevels: ['trace', 'debug'] }],
    [{ 'logferry.io/redact.web': 'email,jwt' }, { redact: ['email', 'jwt'] }],
    [
      { 'logferry.io/decolorize.web': 'true', 'logferry.io/sample': '0.1' },
      { decolorize: true, sampleRate: 0.1 },
    ],
    [{ 'logferry.io/sample': '1', 'logferry.io/sample.web': '.5' }, { sampleRate: 0.5 }],
    [{ 'fluentbit.io/parser': 'json' }, { format: 'json' }],
    [{ 'fluentbit.io/parser': 'docker' }, { format: 'json' }],
    [{ 'fluentbit.io/parser': 'logfmt' }, { format: 'logfmt' }],
    [{ 'fluentbit.io/parser': 'cri' }, {}],
    [{ 'fluentbit.io/parser_stderr': 'logfmt' }, {}, { format: 'logfmt' }],
    [{ 'fluentbit.io/parser-web': 'json', 'fluentbit.io/parser-other': 'logfmt' }, { format: 'json' }],
    [
      { 'fluentbit.io/parser': 'json', 'fluentbit.io/parser-web': 'logfmt', 'fluentbit.io/parser_stderr-web': 'cri' },
      { format: 'logfmt' },
      {},
    ],
    [{ 'co.elastic.logs/json.message_key': 'msg' }, { format: 'json' }],
    [{ 'co.elastic.logs.web/json.keys_under_root': 'true' }, { format: 'json' }],
    [{ 'co.elastic.logs.other/json.keys_under_root': 'true' }, {}],
    [{ 'logs.grafana.com/drop-debug': 'true', 'logs.grafana.com/drop-trace': 'true' }, { dropLevels: ['debug', 'trace'] }],
    [{ 'logs.grafana.com/drop-debug': 'false', 'logs.grafana.com/drop-info': 'true' }, { dropLevels: ['info'] }],
    [{ 'logs.grafana.com/mask-email': 'true', 'logs.grafana.com/mask-ipv6': 'True' }, { redact: ['email', 'ipv6'] }],
    [{ 'logs.grafana.com/mask-credit-card': 'true', 'logs.grafana.com/mask-luhn': 'true' }, { redact: ['card'] }],
    [
      { 'logs.grafana.com/decolorize': 'true', 'logs.grafana.com/sample': 'true' },
      { decolorize: true, sampleRate: 0.25 },
    ],
    [{ 'logs.grafana.com/tenant': 'team-a', 'logferry.io/tenant.web': 'team-b' }, { tenant: 'team-b' }],
    [{ 'logs.grafana.com/tenant': 'team-a' }, { tenant: 'team-a' }],
    [{ 'logs.grafana.com/mask-ssn': 'true', 'logferry.io/redact': 'phone' }, { redact: ['phone', 'ssn'] }],
    [{ 'logs.grafana.com/sample': '0.01' }, { sampleRate: 0.01 }],
    [{ 'logs.grafana.com/sampling': 'false' }, {}],
  ])('in %j: %j', (annotations, stdout, stderr = stdout) => {
    expect(saidOf(annotations).map(({ processing }) => processing)).toStrictEqual([
      { ...NOTHING, ...stdout },
      { ...NOTHING, ...stderr },
    ]);
    expect(saidOf(annotations).flatMap(({ faulty }) => faulty)).toStrictEqual([]);
  });

  test('in ours before others, but what any asks to be redacted is redacted', () => {
    const annotations = {
      'fluentbit.io/parser': 'json',
      'logferry.io/format': 'logfmt',
      'logs.grafana.com/drop-info': 'true',
      'logferry.io/drop-levels': 'debug',
      'logs.grafana.com/mask-email': 'true',
      'logferry.io/redact': 'card,email',
    };
    const [{ processing }] = saidOf(annotations);
    expect(processing).toStrictEqual({ ...NOTHING, format: 'logfmt', dropLevels: ['debug'], redact: ['email', 'card'] });
    expect(saidOf(annotations, [])[0].processing).toStrictEqual(NOTHING);
    expect(saidOf(annotations, ['fluent_bit'])[0].processing).toStrictEqual({ ...NOTHING, format: 'json' });
  });
});

describe('what nobody understands', () => {
  test.each<[Texts]>([
    [{ 'logferry.io/format': 'xml' }],
    [{ 'logferry.io/drop-levels': 'debug,verbose' }],
    [{ 'logferry.io/drop-levels': '' }],
    [{ 'logferry.io/redact': 'emails' }],
    [{ 'fluentbit.io/parser': 'my-parser' }],
    [{ 'fluentbit.io/parser': 'toString' }],
    [{ 'logs.grafana.com/drop-debug': 'maybe' }],
    [{ 'logs.grafana.com/mask-iban': 'true' }],
    [{ 'logs.grafana.com/mask-email': 'yes please' }],
    [{ 'logferry.io/decolorize': 'red' }],
    [{ 'logferry.io/sample': 'true' }],
    [{ 'logferry.io/sample': '0' }],
    [{ 'logferry.io/sample': '-0.5' }],
    [{ 'logferry.io/sample': '1e-3' }],
    [{ 'logs.grafana.com/sample': '25%' }],
    [{ 'logs.grafana.com/tenant': 'a|b' }],
    [{ 'logferry.io/tenant': '..' }],
  ])('has no effect, and is told: %j', (annotations) => {
    for (const { processing, faulty, annotations: kept } of saidOf(annotations)) {
      expect([processing, faulty, kept]).toStrictEqual([NOTHING, Object.keys(annotations), {}]);
    }
  });

  test('does not hide what is said less specially', () => {
    const [{ processing, faulty }] = saidOf({ 'logferry.io/format.web': 'xml', 'logferry.io/format': 'json' });
    expect([processing.format, faulty]).toStrictEqual(['json', ['logferry.io/format.web']]);
  });

  test('is no mask that is switched off', () => {
    expect(saidOf({ 'logs.grafana.com/mask-iban': 'false' })[0].faulty).toStrictEqual([]);
  });
});

test('I9 I3 what is kept of annotations says the same again, and is no more than that', () => {
  const hints = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`co.elastic.logs/json.key-${n}`, 'x'.repeat(2000)]));
  const annotations = { ...hints, 'logferry.io/format.web': 'json', 'logferry.io/format': 'logfmt', 'logs.grafana.com/drop-info': 'true' };
  const [said] = saidOf(annotations);
  expect(saidOf(said.annotations)[0]).toStrictEqual(said);
  expect(Object.keys(said.annotations)).toStrictEqual([
    'logferry.io/format.web',
    'co.elastic.logs/json.key-0',
    'logs.grafana.com/drop-info',
  ]);
});
