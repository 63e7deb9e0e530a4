/**
 * Readers that are software: Windows Hello for Business, TPM virtual smart cards, and those of single sign-on and
 * VPN products. Names as Windows lists them. Not "Virtual PCD": that one exists to be treated as a real reader.
 */
const VIRTUAL =
  /windows hello|microsoft (ifd|uicc|virtual)|virtual smart ?card|tpm virtual|identity device \(tpm\)/i;

export function isVirtualReader(name: string): boolean {
  return VIRTUAL.test(name);
}
