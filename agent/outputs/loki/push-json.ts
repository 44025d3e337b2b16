import { decodePush, parseLabels, type PushedEntry } from './decode-push.ts';

/**
 * The JSON form of a push request (loki pkg/loghttp/push, docs loki-http-api.md), from its protobuf form. JSON cannot carry bytes
 * that are not UTF-8: they become U+FFFD, which is why protobuf is the default.
 */
export function pushJson(body: Buffer): Buffer {
  const streams = decodePush(body).map(({ labels, entries }) => ({
    stream: Object.fromEntries(parseLabels(labels)),
    values: entries.map(jsonEntry),
  }));
  return Buffer.from(JSON.stringify({ streams }));
}

function jsonEntry({ seconds, nanos, line, metadata }: PushedEntry): unknown[] {
  const time = timestampNs(seconds, nanos);
  const text = line.toString('utf8');
  return metadata.length === 0 ? [time, text] : [time, text, Object.fromEntries(metadata)];
}

/** Nanoseconds since 1970 in decimal: past what a number holds exactly. */
export function timestampNs(seconds: number, nanos: number): string {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
}
