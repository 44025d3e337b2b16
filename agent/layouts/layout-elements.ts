/** What Go's layouts are made of (go/src/time/format.go, nextStdChunk): pieces of its reference time, longer ones first where one begins another. */
const ELEMENT =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|__2|_2(?!006)|2|3|4|5|PM|pm|[-Z](?:070000|07:00:00|0700|07:00|07)|[.,](?:0+|9+)(?!\d)/g;

/** A piece of a layout: one of the reference time, or text that stands for itself. */
export interface LayoutElement {
  readonly kind: 'element' | 'text';
  readonly text: string;
}

/** Takes a layout apart. */
export function elementsOf(layout: string): LayoutElement[] {
  const elements: LayoutElement[] = [];
  let from = 0;
  for (const { 0: text, index } of layout.matchAll(ELEMENT)) {
    if (index > from) elements.push({ kind: 'text', text: layout.slice(from, index) });
    elements.push({ kind: 'element', text });
    from = index + text.length;
  }
  if (from < layout.length) elements.push({ kind: 'text', text: layout.slice(from) });
  return elements;
}
