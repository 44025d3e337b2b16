import { rfc3339Nano } from '../runtime/civil-time.ts';
import type { ShownEntry } from './newest-entries.ts';

/** Entries shown on the page, and bytes of each. */
const SHOWN_ENTRIES = 200;
const SHOWN_BYTES = 400;

const STYLE = `
  :root { color-scheme: light dark; font: 14px/1.5 ui-monospace, monospace; }
  body { margin: 2rem; }
  table { border-collapse: collapse; }
  td { padding: .1rem .8rem .1rem 0; vertical-align: top; white-space: pre-wrap; overflow-wrap: anywhere; }
  td:first-child, td:nth-child(2) { white-space: nowrap; opacity: .7; }
  .stderr td:last-child { color: light-dark(#b00020, #ff8a80); }
`;

/** The page at `/`: how much is stored, and the newest entries of all streams, newest first. It refreshes itself. */
export function receiverPage(entries: readonly ShownEntry[], storedCount: number): string {
  const rows = entries.slice(-SHOWN_ENTRIES).reverse().map(row);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>logferry demo: what is stored</title><style>${STYLE}</style></head>
<body>
<h1>What is stored</h1>
<p>${storedCount.toLocaleString('en-US')} entries; the newest are below, lines cut at ${SHOWN_BYTES} bytes.
The same as JSON: <a href="/loki/api/v1/query_range?query={}">/loki/api/v1/query_range?query={}</a></p>
<table>
${rows.join('\n')}
</table>
</body>
</html>
`;
}

function row(entry: ShownEntry): string {
  const { namespace = '', container = '', stream = '' } = entry.stream.labels;
  const line = entry.line.toString('utf8', 0, SHOWN_BYTES);
  const cells = [rfc3339Nano([entry.seconds, entry.nanos]), `${namespace}/${container}`, line];
  return `<tr class="${escapeHtml(stream)}">${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
