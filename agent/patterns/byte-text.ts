const BEYOND_ASCII = /[\x80-\xff]/;

/** Byte text, with one character a byte, of a text in UTF-8. */
export function byteTextOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** The text that a byte text holds in UTF-8; bytes that are no UTF-8 stand as U+FFFD. */
export function textOf(byteText: string): string {
  return BEYOND_ASCII.test(byteText) ? Buffer.from(byteText, 'latin1').toString() : byteText;
}
