/** Whether a text matches a pattern as a whole, in which `*` stands for any characters and `?` for one. Of several stars only the last is tried again. */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0;
  let from = 0;
  /** The last star, and what of the text it has taken so far: if the rest does not match, it takes one character more. */
  let star = -1;
  let taken = 0;
  while (from < text.length) {
    if (pattern[at] === '*') {
      star = at;
      taken = from;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[from])) {
      at += 1;
      from += 1;
    } else if (star === -1) {
      return false;
    } else {
      taken += 1;
      from = taken;
      at = star + 1;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
