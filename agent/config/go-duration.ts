const DURATION = /^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/;
const PARTS = /([\d.]+)([a-zµ]+)/g;
const SECONDS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Seconds of a duration as Go writes it: `3s`, `1m30s`, `500ms`; null for anything else. */
export function goDuration(text: string): number | null {
  if (!DURATION.test(text)) return null;
  return [...text.matchAll(PARTS)].reduce((sum, [, number, unit]) => sum + Number(number) * SECONDS[unit!]!, 0);
}
