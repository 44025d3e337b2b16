import type { Level } from '../model/level.ts';

/**
 * `Lmmdd hh:mm:ss.uuuuuu threadid file:line] msg`, the header of klog and glog (github.com/kubernetes/klog, klog.go): what Kubernetes'
 * own programs write. D is a digit here.
 */
const HEADER = Buffer.from('LDDDD DD:DD:DD');
const SEVERITIES: Readonly<Record<number, Level>> = { 0x49: 'info', 0x57: 'warn', 0x45: 'error', 0x46: 'fatal' };
const ANY_DIGIT = 0x44;

/** The level that klog's header says at the start of a line; null for a line without one. */
export function klogLevel(bytes: Buffer, start: number, end: number): Level | null {
  const level = SEVERITIES[bytes[start] ?? 0];
  if (level === undefined || end - start < HEADER.length) return null;
  for (let i = 1; i < HEADER.length; i += 1) {
    const byte = bytes[start + i]!;
    if (HEADER[i] === ANY_DIGIT ? byte < 0x30 || byte > 0x39 : byte !== HEADER[i]) return null;
  }
  return level;
}
