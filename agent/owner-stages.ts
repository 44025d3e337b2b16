import type { StageConfig } from './config/stages-schema.ts';
import type { OwnerProcessing } from './model/owner-processing.ts';

const REPLACEMENT = '[redacted:{shape}]';

/** The stages that do what the owner of a pod wants: none with a pattern of his, and none that makes streams. */
export function ownerStages({ format, dropLevels, redact }: OwnerProcessing): StageConfig[] {
  return [
    ...(format !== null || dropLevels.length > 0 ? [{ level: { drop: dropLevels } }] : []),
    ...(redact.length > 0 ? [{ redact: { shapes: redact, replacement: REPLACEMENT } }] : []),
  ];
}
