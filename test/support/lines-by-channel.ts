/** The lines of entries in their order, by container and channel: in the form of `ChattyContainers.printed`. */
export function linesByChannel(
  entries: Iterable<{ readonly labels: Readonly<Record<string, string>>; readonly line: string | Buffer }>,
): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (const { labels, line } of entries) {
    const key = `${labels['container']} ${labels['stream']}`;
    const known = lines.get(key);
    if (known === undefined) lines.set(key, [line.toString()]);
    else known.push(line.toString());
  }
  return lines;
}
