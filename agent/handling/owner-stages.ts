import type { StageConfig } from '../config/stages-schema.ts';
import type { RedactConfig } from '../config/stages/redact-schema.ts';
import { type OwnerProcessing, PERSONAL_NUMBERS, type PersonalNumber, type Redactable } from '../model/owner-processing.ts';
import { SHAPES } from '../model/shape.ts';

const REPLACEMENT = '[redacted:{shape}]';
/** As in alloy-modules (modules/kubernetes/annotations/logs/mask.alloy). */
const EXPRESSIONS: Readonly<Record<PersonalNumber, string>> = {
  ssn: '[0-9]{3}-[0-9]{2}-[0-9]{4}',
  phone: String.raw`[+]?[(]?[0-9]{3}[)]?[-\s.]?[0-9]{3}[-\s.]?[0-9]{4,6}`,
};

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
    ...(redact.length > 0 ? [{ redact: redactOf(redact) }] : []),
  ];
}

function redactOf(redact: readonly Redactable[]): RedactConfig {
  return {
    shapes: SHAPES.filter((shape) => redact.includes(shape)),
    patterns: PERSONAL_NUMBERS.filter((name) => redact.includes(name)).map((name) => ({ name, expression: EXPRESSIONS[name] })),
    replacement: REPLACEMENT,
  };
}
