import { Spec, Validation } from '@cyclonedx/cyclonedx-library'

/** Holds an SBOM against the strict CycloneDX 1.6 schema, which the library carries; empty when it fits. */
export async function sbomFaults(bom: unknown): Promise<string[]> {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6)
  const faults: unknown = await validator.validate(JSON.stringify(bom))
  if (faults === null) return []
  return Array.isArray(faults) ? faults.map(fault => JSON.stringify(fault)) : [JSON.stringify(faults)]
}
