// A device that keeps passkeys, which the browser plays (WebAuthn, CDP).

/** @typedef {import("playwright-core").Page} Page */

/**
 * Puts a device with a verified person beside the page: what it holds, how to take it away, and whether the person is verified.
 * @param {Page} page @param {any[]} [credentials]
 */
export const device = async (page, credentials = []) => {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  for (const credential of credentials) await cdp.send("WebAuthn.addCredential", { authenticatorId, credential });
  const holds = async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  const away = () => cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
  const verified = (/** @type {boolean} */ isUserVerified) => cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  return { holds, away, verified };
};
