import { describe, expect, test } from 'vitest';
import { parseTenantTemplate } from '../../agent/model/tenant-template.ts';

describe(parseTenantTemplate, () => {
  test.each([
    ['team-a', ['team-a']],
    ['{namespace}', [{ field: 'namespace' }]],
    ['team-{pod_label:app.kubernetes.io/part-of}.x', ['team-', { field: 'pod_label', name: 'app.kubernetes.io/part-of' }, '.x']],
    ['{namespace}{namespace_label:stage}', [{ field: 'namespace' }, { field: 'namespace_label', name: 'stage' }]],
  ])('%s', (text, template) => {
    expect(parseTenantTemplate(text)).toStrictEqual(template);
  });

  test.each(['', 'a b', 'a|b', 'team-{', 'a}', '{}', '{pod}', '{pod_label}', '{pod_label:}', '{{namespace}}', 'x'.repeat(151)])(
    '%j is none, and it is said what is',
    (text) => {
      expect(parseTenantTemplate(text)).toMatch(/write /);
    },
  );
});
