/** Loki's default max_label_value_length (pkg/validation/limits.go). */
const MAX_VALUE_BYTES = 2048;

/** Text that a store takes for a label and a terminal for text: no control characters, not empty, not too long. */
export function isLabelValue(text: string): boolean {
  return /^[^\p{Cc}\p{Cs}]+$/u.test(text) && text.trim() !== '' && Buffer.byteLength(text) <= MAX_VALUE_BYTES;
}
