/** As Fluent Bit reads flags (flb_utils_bool), which takes more spellings than the others; null: neither. */
export function annotationFlag(value: string): boolean | null {
  const word = value.trim().toLowerCase();
  if (word === 'true' || word === 'on' || word === 'yes') return true;
  return word === 'false' || word === 'off' || word === 'no' ? false : null;
}
