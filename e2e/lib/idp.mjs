// A real identity provider for the journeys: the certified `oidc-provider`, with people who sign in by themselves and with a
// hand in between that can lie.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
// @ts-expect-error it comes without types
import Provider from "oidc-provider";

/** @typedef {import("node:http").IncomingMessage} Asked */
/** @typedef {import("node:http").ServerResponse} Answered */

/** Makes a key that signs. @param {string} kid */
const key = (kid) => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { .../** @type {any} */ (privateKey.export({ format: "jwk" })), kid, use: "sig", alg: "RS256" };
};

/** A provider on a port of its own. */
export class Idp {
  /** Who signs in next. */
  person = "mei";
  /** What the hand in between changes of a request's address. @type {(url: string) => string} */
  meddle = (url) => url;
  /** What it changes of where somebody is sent. @type {(url: string) => string} */
  mislead = (url) => url;
  secret = "not so secret: it is made for one test";
  /** How often it told us that somebody signed out there. */
  told = 0;
  #keys = [key("first"), key("second")];
  /** @type {any} */
  #provider;
  #server = createServer((asked, answered) => this.#answer(asked, answered));
  url = "";

  /** Takes a port; what is served there comes later, because each has to know where the other is. */
  async listen() {
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", () => resolve(null)));
    const address = this.#server.address();
    this.url = `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}`;
    return this;
  }

  /** The section of our configuration. @param {string} file with the secret */
  settings(file) {
    return `[sso]
name = "Brightloom ID"
issuer = "${this.url}"
client_id = "custos"
client_secret_file = "${file}"
allow_private = ["127.0.0.1"]
`;
  }

  /** Serves for one of ours. @param {string} ours where it answers */
  serve(ours) {
    this.#provider = new Provider(this.url, {
      clients: [
        {
          client_id: "custos",
          client_secret: this.secret,
          redirect_uris: [`${ours}/sign-in/provider/back`],
          post_logout_redirect_uris: [`${ours}/sign-in`],
          backchannel_logout_uri: `${ours}/sign-in/provider/logout`,
          backchannel_logout_session_required: true,
        },
      ],
      jwks: { keys: this.#keys },
      // It refuses this machine's own addresses as ours does, and here there is nothing else.
      fetch: (/** @type {string} */ url, /** @type {any} */ { dispatcher: _, ...rest }) => fetch(url, rest),
      cookies: { keys: ["made for one test"] },
      claims: { openid: ["sub", "sid"], email: ["email", "email_verified"], profile: ["name"] },
      features: {
        devInteractions: { enabled: false },
        backchannelLogout: { enabled: true },
        rpInitiatedLogout: {
          enabled: true,
          postLogoutSuccessSource: (/** @type {any} */ ctx) => {
            ctx.body = `<!doctype html><html lang="en"><title>Out</title><p>You are out</p></html>`;
          },
          logoutSource: (/** @type {any} */ ctx, /** @type {string} */ form) => {
            ctx.body = `<!doctype html><html lang="en"><title>Out</title>${form}<button form="op.logoutForm" name="logout" value="yes">Sign out here</button></html>`;
          },
        },
      },
      interactions: { url: (/** @type {any} */ _, /** @type {any} */ { uid }) => `/interaction/${uid}` },
      findAccount: (/** @type {any} */ _, /** @type {string} */ id) => ({
        accountId: id,
        claims: () => ({ sub: id, email: `${id}@brightloom.example`, email_verified: true, name: id }),
      }),
      loadExistingGrant: async (/** @type {any} */ ctx) => {
        const { client, session, provider } = ctx.oidc;
        const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
        grant.addOIDCScope("openid profile email");
        await grant.save();
        return grant;
      },
    });
    this.#provider.on("backchannel.success", () => (this.told += 1));
    this.#provider.on("backchannel.error", (/** @type {any} */ _, /** @type {Error} */ error) => console.error(error));
    this.#provider.on("server_error", (/** @type {any} */ _, /** @type {Error} */ error) => console.error(error));
  }

  /** Signs with the other of its keys from now on. @param {string} ours */
  rotate(ours) {
    this.#keys.reverse();
    this.serve(ours);
  }

  /** @param {Asked} asked @param {Answered} answered */
  async #answer(asked, answered) {
    asked.url = this.meddle(asked.url ?? "/");
    if (asked.url.startsWith("/interaction/")) {
      const result = { login: { accountId: this.person, amr: ["pwd"] } };
      await this.#provider.interactionFinished(asked, answered, result, { mergeWithLastSubmission: false });
      return;
    }
    const send = answered.setHeader.bind(answered);
    answered.setHeader = (name, value) =>
      send(name, name.toLowerCase() === "location" && typeof value === "string" ? this.mislead(value) : value);
    this.#provider.callback()(asked, answered);
  }

  /** Ends it. */
  close() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve(null)));
  }
}
