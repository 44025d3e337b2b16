import { crc64 } from './crc64.ts';

/** `max_line_bytes` of Vector's source kubernetes_logs, and so the most that it looks at (vectordotdev/vector:src/sources/kubernetes_logs/mod.rs). */
const MAX_LINE_BYTES = 32 * 1024;
const LF = 10;

/**
 * Vector's mark of a file: CRC-64/ECMA-182 of its first line, line feed included, or of as much of it as Vector reads; null while
 * the line is not complete. The content counts, not its compression
 * (vectordotdev/vector:lib/file-source-common/src/fingerprinter.rs, fingerprint and fingerprinter_read_until).
 * `head` gives the first bytes of the content, as many as there are up to the number asked for.
 */
export function vectorFirstLine(head: (bytes: number) => Uint8Array): bigint | null {
  const first = head(MAX_LINE_BYTES);
  const end = first.indexOf(LF);
  if (end !== -1) return crc64(first.subarray(0, end + 1));
  return first.length < MAX_LINE_BYTES ? null : crc64(first);
}
