import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkPolicy } from '../../agent/audit/check-policy.ts';
import { CHECKS } from '../../agent/audit/finding.ts';
import { policyText } from '../../agent/audit/explain-text.ts';
import { parsePolicyDocument } from '../../agent/audit/policy-document.ts';
import { readPolicy } from '../../agent/audit/read-policy.ts';
import { toSarif } from '../../agent/audit/sarif.ts';
import { policies } from './policy-arbitraries.ts';

/** A policy in which some value, anywhere, is replaced by any other. */
const damaged = fc.tuple(policies, fc.nat(), fc.jsonValue({ maxDepth: 2 })).map(([policy, seed, value]) => {
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const whole = structuredClone({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', ...policy }) as Record<string, unknown>;
  const visit = (holder: Record<string, unknown>): void => {
    for (const [key, inner] of Object.entries(holder)) {
      places.push({ holder, key });
      if (typeof inner === 'object' && inner !== null) visit(inner as Record<string, unknown>);
    }
  };
  visit(whole);
  const { holder, key } = places[seed % places.length]!;
  holder[key] = value;
  return JSON.stringify(whole);
});

test('whatever a document holds, there is an answer, and findings lie in the file', () => {
  fc.assert(
    fc.property(fc.oneof(damaged, damaged, fc.string(), fc.json()), (text) => {
      const opened = parsePolicyDocument('policy.yaml', text);
      const { policy, findings } = opened.ok ? readPolicy(opened.document) : { policy: null, findings: opened.findings };
      const all = opened.ok && policy !== null ? [...findings, ...checkPolicy(opened.document, policy)] : findings;
      if (policy === null) expect(all.some(({ severity }) => severity === 'error')).toBe(true);
      else expect(policyText(policy)).toContain('rules[0] ');
      for (const { check, place, message } of all) {
        expect(Object.keys(CHECKS)).toContain(check);
        expect(message).not.toBe('');
        expect(place === null || place.line <= text.split('\n').length).toBe(true);
      }
      expect(() => JSON.parse(toSarif(all, '1.0.0')) as unknown).not.toThrow();
    }),
    { numRuns: 1000 },
  );
});
