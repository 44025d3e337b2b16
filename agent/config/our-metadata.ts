import { LABEL_PRESETS, METADATA_NAMES } from '../model/label-presets.ts';

/** What goes with entries by a name of ours: nothing else may have it. */
export const OUR_METADATA: ReadonlySet<string> = new Set([
  ...METADATA_NAMES,
  ...Object.values(LABEL_PRESETS).flatMap(({ metadata, metadataNames }) => [...Object.keys(metadata), ...Object.values(metadataNames)]),
  'metadata',
  'detected_level',
  'parse_error',
  'original_time',
  'partial',
  'line_part',
  'line_bytes',
  'gap',
  'gap_bytes',
  'gap_lines',
  'gap_from',
  'gap_until',
]);
