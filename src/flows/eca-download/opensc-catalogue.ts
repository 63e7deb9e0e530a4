/**
 * The OpenSC installers that may be offered. Each is pinned by the SHA-256 of the file, which is checked before
 * anything is installed. Facts from the manifests of microsoft/winget-pkgs and the OpenSC repository.
 */
export interface OpenscRelease {
  version: string;
  /** The 64-bit Windows installer. */
  file: string;
  /** Where the file is downloaded. */
  address: string;
  /** The page that lists the files of this version. */
  page: string;
  /** Of the file, in upper-case hex. */
  sha256: string;
  productCode: string;
}

/** Newest first. */
export const openscCatalogue: readonly OpenscRelease[] = [
  release(
    '0.27.1',
    'OpenSC-0.27.1_x64.msi',
    '88EA45E848063FF5F3594A457B7F023223472EAE9C9C543F8035F7689BB7B319',
    '{9D5A6608-E2DC-48F4-92DD-A44D56B83DE9}',
  ),
  // The version that the company's guide names; no longer supported by the OpenSC project.
  release(
    '0.26.1',
    'OpenSC-0.26.1_win64.msi',
    'BB2A47BD7A87617F38828C17EB7129A40FE27FE6656781882F2924FC2C9CF96E',
    '{50A2275C-9AE6-4397-95FE-14E2DE548928}',
  ),
];

/** The guide says "the latest": the newest that is pinned. */
export const defaultOpenscVersion = '0.27.1';

/** All 64-bit builds share it, so it finds an installed one of any version. */
export const openscUpgradeCode = '{9A449570-69A2-11E0-9CC6-955B4824019B}';

/** The pinned release of this version, or undefined where none is pinned. */
export function openscRelease(version: string = defaultOpenscVersion): OpenscRelease | undefined {
  return openscCatalogue.find((r) => r.version === version);
}

function release(version: string, file: string, sha256: string, productCode: string): OpenscRelease {
  const repository = 'https://github.com/OpenSC/OpenSC/releases';
  return {
    version,
    file,
    sha256,
    productCode,
    address: `${repository}/download/${version}/${file}`,
    page: `${repository}/tag/${version}`,
  };
}
