/** Whether `text` stands at `at`. */
export function isText(line: Buffer, at: number, text: Buffer): boolean {
  if (at + text.length > line.length) return false;
  for (let i = 0; i < text.length; i += 1) if (line[at + i] !== text[i]) return false;
  return true;
}
