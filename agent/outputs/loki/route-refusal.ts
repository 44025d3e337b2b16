import type { Unsendable } from '../../deliver/entry-check.ts';
import { MAX_LABELS, type StreamIdentity } from '../../model/labels.ts';
import { metadataBytes } from '../../model/record.ts';

/** Defaults of Loki's limits (pkg/validation/limits.go), in bytes and in numbers of names. */
const MAX_LABEL_NAME_BYTES = 1024;
const MAX_LABEL_VALUE_BYTES = 2048;
const MAX_METADATA_BYTES = 65_536;
const MAX_METADATA = 128;

/**
 * Why Loki refuses every entry with this identity; null when it does not. A name of metadata of which only underscores are left once it
 * is normalised makes it fail over the whole request, with 500 and for ever (vendored otlptranslator/label_namer.go, from 3.6 on).
 */
export function routeRefusal({ labels, metadata }: StreamIdentity): Unsendable | null {
  const pairs = Object.entries(labels).filter(([, value]) => value !== '');
  const counted = pairs.filter(([name]) => name !== 'service_name').length;
  if (counted > MAX_LABELS || pairs.some(([name, value]) => isTooLong(name, value))) return 'bad_labels';
  const badName = metadata.some(([name]) => !/[a-zA-Z0-9]/.test(name));
  return badName || metadata.length > MAX_METADATA || metadataBytes(metadata) > MAX_METADATA_BYTES ? 'bad_metadata' : null;
}

function isTooLong(name: string, value: string): boolean {
  return Buffer.byteLength(name) > MAX_LABEL_NAME_BYTES || Buffer.byteLength(value) > MAX_LABEL_VALUE_BYTES;
}
