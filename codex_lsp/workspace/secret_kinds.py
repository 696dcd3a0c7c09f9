"""The forms of secrets, as those who give them out describe them.

A token begins with its prefix, where no letter, digit or `_` stands before it, and goes on with its `rest`.
Of the others, `SEARCHED`, a text is looked through that has one of their `hints`; the group `secret` of their
pattern, or all of it, is the secret. Only forms that nothing else has are listed: a text without secrets
stays as it is.
"""

from __future__ import annotations

import re
from functools import cache

from codex_lsp.records import record

# A word begins there, maybe behind the letter of a `\n`.
_B = r"(?:(?<![A-Za-z0-9_])|(?<=\\[nrt]))"
# No more of a word of letters, digits and `_`, or of one that may have `-`, too.
_E, _D = r"(?![A-Za-z0-9_])", r"(?![A-Za-z0-9_-])"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}" + _E


@record(frozen=True, slots=True)
class Token:
    """A form by its prefixes. A pattern is compiled when a prefix is met, and most never are."""

    name: str
    prefixes: tuple[str, ...]
    rest: str


@record(frozen=True, slots=True)
class Searched:
    """A form that is searched for where a text has one of the `hints`.

    One that is `loose` may have white space in it; of all others the words that have them are long.
    """

    name: str
    hints: tuple[str, ...]
    pattern: str
    loose: bool


def _token(name: str, prefixes: str, rest: str) -> Token:
    return Token(name, tuple(prefixes.split()), rest)


def _searched(name: str, hints: str, pattern: str, *, loose: bool = False) -> Searched:
    return Searched(name, tuple(hints.split()), pattern, loose)


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, in which a word is of ASCII."""
    return re.compile(pattern, re.ASCII)


TOKENS: tuple[Token, ...] = (
    # models
    _token("anthropic_key", "sk-ant-", r"[\w-]{20,}"),
    _token("openrouter_key", "sk-or-v1-", r"[0-9a-f]{64}" + _E),
    _token("openai_key", "sk-", r"(?!ant-|or-v1-)(?=[\w-]*[0-9])(?=[\w-]*[A-Za-z])[\w-]{20,}"),
    _token("groq_key", "gsk_", r"[A-Za-z0-9]{40,}"),
    _token("huggingface_token", "hf_", r"[A-Za-z0-9]{30,}" + _E),
    _token("huggingface_token", "api_org_", r"[A-Za-z]{34}" + _E),
    _token("perplexity_key", "pplx-", r"[A-Za-z0-9]{40,64}" + _E),
    _token("replicate_token", "r8_", r"[A-Za-z0-9]{37}" + _E),
    _token("xai_key", "xai-", r"[A-Za-z0-9]{70,90}" + _E),
    _token("nvidia_key", "nvapi-", r"[\w-]{60,70}" + _D),
    _token("together_key", "tgp_v1_", r"[\w-]{43}" + _D),
    _token("cerebras_key", "csk-", r"[a-z0-9]{48}" + _E),
    _token("langsmith_key", "lsv2_pt_ lsv2_sk_", r"[0-9a-f]{32}_[0-9a-f]{10}" + _E),
    _token("pinecone_key", "pcsk_", r"[A-Za-z0-9_]{60,80}" + _E),
    # clouds
    _token("aws_key", "AKIA ASIA ABIA ACCA", r"[A-Z2-7]{16}" + _E),
    _token("aws_bedrock_key", "ABSK", r"[A-Za-z0-9+/]{109,269}={0,2}"),
    _token("aws_mws_token", "amzn.mws.", _UUID),
    _token("google_key", "AIza", r"[\w-]{35}" + _D),
    _token("google_secret", "GOCSPX-", r"[\w-]{20,}"),
    _token("google_token", "ya29.", r"[\w-]{20,}"),
    _token("alibaba_key", "LTAI", r"(?=[A-Za-z]*[0-9])[A-Za-z0-9]{17,24}" + _E),
    _token("tencent_key", "AKID", r"(?=[A-Za-z]*[0-9])[A-Za-z0-9]{32}" + _E),
    _token("yandex_key", "AQVN", r"[\w-]{35,38}" + _D),
    _token("digitalocean_token", "dop_v1_ doo_v1_ dor_v1_", r"[0-9a-f]{64}" + _E),
    _token("databricks_token", "dapi", r"[0-9a-f]{32}(?:-[0-9])?" + _E),
    _token("heroku_key", "HRKU-AA", r"[\w-]{58}" + _D),
    _token("fly_token", "fo1_", r"[\w-]{43}" + _D),
    _token("fly_token", "fm1a_ fm1r_ fm2_", r"[A-Za-z0-9+/]{100,}={0,3}"),
    _token("cloudflare_origin_key", "v1.0-", r"[0-9a-f]{24}-[0-9a-f]{146}" + _E),
    _token("scalingo_token", "tk-us-", r"[\w-]{48}" + _D),
    _token("openshift_token", "sha256~", r"[\w-]{43}" + _D),
    _token("aiven_password", "AVNS_", r"[\w-]{19}" + _D),
    _token("planetscale_key", "pscale_tkn_ pscale_pw_ pscale_oauth_", r"[\w.-]{32,64}"),
    _token("supabase_key", "sbp_", r"[0-9a-f]{40}" + _E),
    _token("supabase_key", "sb_secret_", r"[\w-]{31}" + _D),
    _token("neon_key", "napi_", r"[a-z0-9]{64}" + _E),
    # code, packages and builds
    _token("github_token", "ghp_ gho_ ghu_ ghs_ ghr_", r"[A-Za-z0-9]{36,}"),
    _token("github_token", "github_pat_", r"\w{22,}"),
    _token("gitlab_token", "glpat- gldt- glrt- glft- glsoat- glcbt- glimt- glptt- glagent-", r"[\w.-]{20,}"),
    _token("gitlab_runner_token", "GR1348941", r"[\w-]{20}" + _D),
    _token("bitbucket_password", "ATBB", r"(?=[A-Za-z]*[0-9])[A-Za-z0-9]{32}" + _E),
    _token("atlassian_token", "ATATT3 ATCTT3", r"[\w=-]{150,}"),
    _token("npm_token", "npm_", r"[A-Za-z0-9]{36}" + _E),
    _token("pypi_token", "pypi-AgE", r"[\w-]{50,}"),
    _token("rubygems_key", "rubygems_", r"[0-9a-f]{48}" + _E),
    _token("nuget_key", "oy2", r"[a-z0-9]{43}" + _E),
    _token("crates_token", "cio", r"(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{32}" + _E),
    _token("clojars_token", "CLOJARS_", r"[a-z0-9]{60}" + _E),
    _token("docker_token", "dckr_pat_ dckr_oat_", r"[\w-]{27,32}" + _D),
    _token("artifactory_key", "AKCp", r"[A-Za-z0-9]{69,73}" + _E),
    _token("artifactory_token", "cmVmdGtu", r"[A-Za-z0-9]{56}" + _E),
    _token("circleci_token", "CCIPAT_", r"[A-Za-z0-9]{22}_[0-9a-f]{40}" + _E),
    _token("buildkite_token", "bkua_", r"[0-9a-f]{40}" + _E),
    _token("sonar_token", "squ_ sqp_ sqa_", r"[0-9a-f]{40}" + _E),
    _token("sourcegraph_token", "sgp_", r"(?:(?:[0-9a-f]{16}|local)_)?[0-9a-f]{40}" + _E),
    _token("sentry_token", "sntrys_eyJ", r"[A-Za-z0-9+/=_-]{80,}"),
    _token("sentry_token", "sntryu_", r"[0-9a-f]{64}" + _E),
    _token("pulumi_token", "pul-", r"[0-9a-f]{40}" + _E),
    _token("vault_token", "hvs. hvb. hvr.", r"[\w-]{60,}"),
    _token("doppler_token", "dp.pt. dp.st. dp.ct. dp.sa.", r"(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}" + _E),
    _token("infracost_key", "ico-", r"[A-Za-z0-9]{32}" + _E),
    _token("prefect_key", "pnu_ pnb_", r"[A-Za-z0-9]{36}" + _E),
    _token("harness_token", "pat.", r"[\w-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}" + _E),
    _token("launchdarkly_key", "api- sdk-", _UUID),
    _token("onepassword_token", "ops_eyJ", r"[A-Za-z0-9+/=_-]{250,}"),
    _token("age_key", "AGE-SECRET-KEY-1", r"[02-9AC-HJ-NP-Z]{58}" + _E),
    _token("tailscale_key", "tskey-", r"[a-z]{2,10}-[A-Za-z0-9]{8,}-[A-Za-z0-9]{16,}"),
    # watching
    _token("grafana_token", "glsa_", r"[A-Za-z0-9]{32}_[0-9a-fA-F]{8}" + _E),
    _token("grafana_token", "glc_", r"[A-Za-z0-9+/]{40,}={0,3}"),
    _token("newrelic_key", "NRAK- NRII- NRRA- NRIQ-", r"[\w-]{27,48}"),
    _token("dynatrace_token", "dt0c01. dt0s01. dt0s16.", r"[A-Z0-9]{8,24}\.[A-Z0-9]{64}" + _E),
    # work
    _token("slack_token", "xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xapp-", r"[0-9A-Za-z-]{10,}"),
    _token("slack_token", "xoxe.", r"xox[bp]-[0-9A-Za-z-]{20,}"),
    _token("linear_key", "lin_api_ lin_oauth_", r"[A-Za-z0-9]{40,64}" + _E),
    _token("notion_token", "ntn_", r"[A-Za-z0-9]{40,50}" + _E),
    _token("figma_token", "figd_", r"[\w-]{40}" + _D),
    _token("contentful_token", "CFPAT-", r"[\w-]{43}" + _D),
    _token("typeform_token", "tfp_", r"[\w.=-]{40,59}"),
    _token("postman_key", "PMAK-", r"[0-9a-f]{24}-[0-9a-f]{34}" + _E),
    _token("readme_key", "rdme_", r"[a-z0-9]{70}" + _E),
    _token("dropbox_token", "sl.", r"(?:u\.)?[\w-]{130,}"),
    _token("hubspot_token", "pat-na1- pat-na2- pat-eu1-", _UUID),
    _token("adobe_secret", "p8e-", r"[A-Za-z0-9_-]{32}" + _D),
    _token("airtable_token", "pat", r"[A-Za-z0-9]{14}\.[0-9a-f]{64}" + _E),
    _token("mapbox_token", "sk.eyJ", r"[\w-]{60,240}\.[\w-]{20,}"),
    # mail and messages
    _token("sendgrid_key", "SG.", r"[\w-]{16,}\.[\w-]{32,}"),
    _token("mailgun_key", "key-", r"[0-9a-f]{32}" + _E),
    _token("brevo_key", "xkeysib- xsmtpsib-", r"[0-9a-f]{64}-[A-Za-z0-9]{16}" + _E),
    _token("resend_key", "re_", r"(?=\w*[0-9])[A-Za-z0-9]{8}_[A-Za-z0-9]{24}" + _E),
    _token("twilio_key", "SK", r"[0-9a-f]{32}" + _E),
    _token("facebook_token", "EAAC EAAM EAAG", r"[A-Za-z0-9]{90,}"),
    # money and shops
    _token("stripe_key", "sk_live_ sk_test_ rk_live_ rk_test_", r"[A-Za-z0-9]{16,}"),
    _token("stripe_secret", "whsec_", r"[A-Za-z0-9+/=]{24,}"),
    _token("shopify_token", "shpat_ shpca_ shppa_ shpss_", r"[0-9a-fA-F]{32}" + _E),
    _token("square_token", "sq0atp- sq0csp- sq0idp-", r"[\w-]{22,43}" + _D),
    _token("square_token", "EAAAE EAAAl", r"[\w-]{55,59}" + _D),
    _token("plaid_token", "access-sandbox- access-development- access-production-", _UUID),
    _token("shippo_token", "shippo_live_ shippo_test_", r"[0-9a-f]{40}" + _E),
    _token("easypost_key", "EZAK EZTK", r"[A-Za-z0-9]{54}" + _E),
    _token("lob_key", "live_ test_", r"[0-9a-f]{35}" + _E),
    _token("flutterwave_key", "FLWSECK_TEST- FLWSECK-", r"[0-9a-f]{12,32}-X" + _E),
    _token("duffel_token", "duffel_live_ duffel_test_", r"[\w=-]{43}" + _D),
    _token("frameio_token", "fio-u-", r"[\w=-]{64}" + _D),
    _token("braintree_token", "access_token$production$", r"[0-9a-z]{16}\$[0-9a-f]{32}" + _E),
    # any
    _token("jwt", "eyJ", r"[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
)

SEARCHED: tuple[Searched, ...] = (
    _searched(
        "aws_secret",
        "ws_secret wssecret WS_SECRET wsSecret WSSecret",
        r"(?i)aws_?secret_?(?:access_?)?key\W{1,8}(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        loose=True,
    ),
    _searched("azure_key", "AccountKey= SharedAccessKey=", r"Key=(?P<secret>[A-Za-z0-9+/]{40,}={0,2})"),
    _searched("azure_secret", "Q~", _B + r"[\w.~-]{3}[0-9]Q~[\w.~-]{31,34}(?![\w.~-])"),
    _searched("azure_devops_token", "AZDO", _B + r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}" + _E),
    _searched("slack_hook", "hooks.slack.com", r"hooks\.slack\.com/services/(?P<secret>T\w+/B\w+/\w{16,})"),
    _searched(
        "teams_hook",
        "webhook.office.com",
        r"webhook\.office\.com/webhookb2/(?P<secret>[\w@-]{70,80}/IncomingWebhook/[0-9a-f]{32}/[\w-]{36})",
    ),
    _searched(
        "discord_hook", "/webhooks/", r"discord(?:app)?\.com/api/webhooks/(?P<secret>[0-9]{17,20}/[\w-]{60,})"
    ),
    _searched("telegram_token", ":AA", _B + r"[0-9]{8,10}:AA[\w-]{33}" + _D),
    _searched("mailchimp_key", "-us", _B + r"[0-9a-f]{32}-us[0-9]{1,2}" + _E),
    _searched("terraform_token", ".atlasv1.", _B + r"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70}"),
    _searched("maxmind_key", "_mmk", _B + r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk" + _E),
    _searched(
        "bearer",
        "uthorization UTHORIZATION",
        r"(?i)authorization\W{1,8}bearer\s+(?P<secret>[A-Za-z0-9._~+/-]{16,}={0,2})",
        loose=True,
    ),
    _searched(
        "basic_password",
        "uthorization UTHORIZATION",
        r"(?i)authorization\W{1,8}basic\s+(?P<secret>[A-Za-z0-9+/]{16,}={0,2})",
        loose=True,
    ),
    _searched(
        "url_password",
        "://",
        r"://[^\s/@:\"'`<>{}$]*:(?P<secret>[^\s/@:\"'`<>{}$]{4,})@",
        loose=True,
    ),
)
