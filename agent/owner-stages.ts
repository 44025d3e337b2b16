import type { StageConfig } from './config/stages-schema.ts';
import type { OwnerProcessing } from './model/owner-processing.ts';

const REPLACEMENT = '[redacted:{shape}]';

/**
 * The stages that do what the owner of a pod wants: none with a pattern of his, and none that makes streams but, if he `mayChooseTenant`, those
 * of another tenant.
 */
export function ownerStages(processing: OwnerProcessing, mayChooseTenant: boolean): StageConfig[] {
  const { format, decolorize, dropLevels, sampleRate, tenant, redact } = processing;
  return [
    ...(decolorize ? [{ decolorize: {} }] : []),
    ...(format !== null || dropLevels.length > 0 ? [{ level: { drop: dropLevels } }] : []),
    ...(sampleRate < 1 ? [{ sampling: { rate: sampleRate, drop_counter_reason: 'owner_sampling' } }] : []),
    ...(tenant !== null && mayChooseTenant ? [{ tenant: { value: tenant } }] : []),
    ...(redact.length > 0 ? [{ redact: { shapes: redact, replacement: REPLACEMENT } }] : []),
  ];
}
