import type { DeadLetter } from '../../agent/deliver/dead-letters.ts';

/** A dead letter with everything in it; `line` may be text. */
export function sampleLetter({ line = 'hi', ...changes }: Partial<Omit<DeadLetter, 'line'>> & { line?: string | Buffer } = {}): DeadLetter {
  return {
    reason: 'invalid',
    detail: 'HTTP 400: too old',
    source: 'shop_web-0_1/web/0',
    file: '/var/log/pods/shop_web-0_1/web/0.log',
    offset: 512,
    labels: '{namespace="shop"}',
    timestampNs: '1714564800000000001',
    metadata: [['pod', 'web-0']],
    line: Buffer.from(line as string),
    ...changes,
  };
}
