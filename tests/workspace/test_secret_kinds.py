"""Every kind of secret by tokens made at random in its public form; real source has next to none of them."""

from __future__ import annotations

import json
import random
import re
import string
import sysconfig
from pathlib import Path

import pytest

from codex_lsp.workspace.secret_kinds import SEARCHED, TOKENS
from codex_lsp.workspace.secrets import Redactor, find

_ALPHABETS = {
    "A": string.ascii_letters + string.digits,
    "L": string.ascii_letters,
    "a": string.ascii_lowercase + string.digits,
    "U": string.ascii_uppercase + string.digits,
    "x": string.ascii_uppercase + "234567",
    "h": "0123456789abcdef",
    "d": string.digits,
    "w": string.ascii_letters + string.digits + "_-",
    "B": string.ascii_letters + string.digits + "+/",
    "Z": "023456789ACDEFGHJKLMNPQRSTUVWXYZ",
}
_UUID = "{h8}-{h4}-{h4}-{h4}-{h12}"
# A letter is an alphabet, the number behind it a length.
FORMS = {
    "anthropic_key": ["sk-ant-api03-{w93}AA", "sk-ant-admin01-{w93}AA"],
    "openrouter_key": ["sk-or-v1-{h64}"],
    "openai_key": ["sk-proj-{w60}T3BlbkFJ{w60}", "sk-{A48}", "sk-svcacct-{A40}"],
    "groq_key": ["gsk_{A52}"],
    "huggingface_token": ["hf_{L34}", "api_org_{L34}"],
    "perplexity_key": ["pplx-{A48}"],
    "replicate_token": ["r8_{A37}"],
    "xai_key": ["xai-{A80}"],
    "nvidia_key": ["nvapi-{w64}"],
    "together_key": ["tgp_v1_{w43}"],
    "cerebras_key": ["csk-{a48}"],
    "langsmith_key": ["lsv2_pt_{h32}_{h10}", "lsv2_sk_{h32}_{h10}"],
    "pinecone_key": ["pcsk_{A6}_{A63}"],
    "aws_key": ["AKIA{x16}", "ASIA{x16}"],
    "aws_bedrock_key": ["ABSK{B120}="],
    "aws_mws_token": ["amzn.mws." + _UUID],
    "aws_secret": ["aws_secret_access_key = {B40}", 'AWS_SECRET_ACCESS_KEY="{B40}"'],
    "google_key": ["AIza{w35}"],
    "google_secret": ["GOCSPX-{w28}"],
    "google_token": ["ya29.{w60}"],
    "alibaba_key": ["LTAI{A20}"],
    "tencent_key": ["AKID{A32}"],
    "yandex_key": ["AQVN{w36}"],
    "digitalocean_token": ["dop_v1_{h64}", "doo_v1_{h64}", "dor_v1_{h64}"],
    "databricks_token": ["dapi{h32}", "dapi{h32}-2"],
    "heroku_key": ["HRKU-AA{w58}"],
    "fly_token": ["fo1_{w43}", "fm2_{B160}="],
    "cloudflare_origin_key": ["v1.0-{h24}-{h146}"],
    "scalingo_token": ["tk-us-{w48}"],
    "openshift_token": ["sha256~{w43}"],
    "aiven_password": ["AVNS_{w19}"],
    "planetscale_key": ["pscale_tkn_{w43}", "pscale_pw_{w43}"],
    "supabase_key": ["sbp_{h40}", "sb_secret_{w31}"],
    "neon_key": ["napi_{a64}"],
    "azure_key": ["AccountName=x;AccountKey={B86}==", "SharedAccessKey={B43}="],
    "azure_secret": ["{A3}8Q~{A34}"],
    "azure_devops_token": ["{A76}AZDO{A4}"],
    "github_token": [f"gh{kind}_{{A36}}" for kind in "pousr"] + ["github_pat_{A22}_{A59}"],
    "gitlab_token": ["glpat-{w20}", "gldt-{w20}", "glrt-{w20}", "glptt-{h40}"],
    "gitlab_runner_token": ["GR1348941{w20}"],
    "bitbucket_password": ["ATBB{A32}"],
    "atlassian_token": ["ATATT3{w180}={U8}", "ATCTT3{w180}={U8}"],
    "npm_token": ["npm_{A36}"],
    "pypi_token": ["pypi-AgEIcHlwaS5vcmc{w120}"],
    "rubygems_key": ["rubygems_{h48}"],
    "nuget_key": ["oy2{a43}"],
    "crates_token": ["cio{A32}"],
    "clojars_token": ["CLOJARS_{a60}"],
    "docker_token": ["dckr_pat_{w27}", "dckr_oat_{w32}"],
    "artifactory_key": ["AKCp{A69}"],
    "artifactory_token": ["cmVmdGtu{A56}"],
    "circleci_token": ["CCIPAT_{A22}_{h40}"],
    "buildkite_token": ["bkua_{h40}"],
    "sonar_token": ["squ_{h40}", "sqp_{h40}"],
    "sourcegraph_token": ["sgp_{h40}", "sgp_{h16}_{h40}", "sgp_local_{h40}"],
    "sentry_token": ["sntrys_eyJ{A100}_{A43}", "sntryu_{h64}"],
    "pulumi_token": ["pul-{h40}"],
    "vault_token": ["hvs.{w95}", "hvb.{w140}"],
    "terraform_token": ["{A14}.atlasv1.{w67}"],
    "doppler_token": ["dp.pt.{A43}", "dp.st.dev.{A43}"],
    "infracost_key": ["ico-{A32}"],
    "prefect_key": ["pnu_{a36}"],
    "harness_token": ["pat.{w22}.{h24}.{A20}"],
    "launchdarkly_key": ["api-" + _UUID, "sdk-" + _UUID],
    "onepassword_token": ["ops_eyJ{A400}"],
    "age_key": ["AGE-SECRET-KEY-1{Z58}"],
    "tailscale_key": ["tskey-auth-{A12}CNTRL-{A32}", "tskey-api-{A12}CNTRL-{A32}"],
    "grafana_token": ["glsa_{A32}_{h8}", "glc_{B120}="],
    "newrelic_key": ["NRAK-{U27}", "NRII-{w32}"],
    "dynatrace_token": ["dt0c01.{U24}.{U64}"],
    "slack_token": ["xoxb-{d12}-{d12}-{A24}", "xoxp-{d12}-{d12}-{d12}-{h32}", "xapp-1-A{U10}-{d13}-{h64}"],
    "slack_hook": ["https://hooks.slack" + ".com/services/T{U10}/B{U10}/{A24}"],
    "teams_hook": [f"https://x.webhook.office.com/webhookb2/{_UUID}@{_UUID}/IncomingWebhook/{{h32}}/{_UUID}"],
    "discord_hook": ["https://discord.com/api/webhooks/{d18}/{w68}"],
    "telegram_token": ["{d10}:AA{w33}"],
    "linear_key": ["lin_api_{A40}"],
    "notion_token": ["ntn_{A46}"],
    "figma_token": ["figd_{w40}"],
    "contentful_token": ["CFPAT-{w43}"],
    "typeform_token": ["tfp_{w59}"],
    "postman_key": ["PMAK-{h24}-{h34}"],
    "readme_key": ["rdme_{a70}"],
    "dropbox_token": ["sl.{w135}", "sl.u.{w600}"],
    "hubspot_token": ["pat-na1-" + _UUID, "pat-eu1-" + _UUID],
    "adobe_secret": ["p8e-{w32}"],
    "airtable_token": ["pat{A14}.{h64}"],
    "mapbox_token": ["sk.eyJ{A80}.{w22}"],
    "sendgrid_key": ["SG.{w22}.{w43}"],
    "mailgun_key": ["key-{h32}"],
    "mailchimp_key": ["{h32}-us12"],
    "brevo_key": ["xkeysib-{h64}-{A16}", "xsmtpsib-{h64}-{A16}"],
    "resend_key": ["re_{A8}_{A24}"],
    "twilio_key": ["SK{h32}"],
    "facebook_token": ["EAAC{A180}", "EAAM{A180}"],
    "stripe_key": ["sk_live_{A24}", "sk_test_{A99}", "rk_live_{A24}"],
    "stripe_secret": ["whsec_{A32}"],
    "shopify_token": ["shpat_{h32}", "shpss_{h32}"],
    "square_token": ["sq0atp-{w22}", "sq0csp-{w43}", "EAAAE{w59}"],
    "plaid_token": ["access-production-" + _UUID, "access-sandbox-" + _UUID],
    "shippo_token": ["shippo_live_{h40}", "shippo_test_{h40}"],
    "easypost_key": ["EZAK{A54}", "EZTK{A54}"],
    "lob_key": ["live_{h35}", "test_{h35}"],
    "flutterwave_key": ["FLWSECK_TEST-{h32}-X", "FLWSECK-{h32}-X"],
    "duffel_token": ["duffel_live_{w43}", "duffel_test_{w43}"],
    "frameio_token": ["fio-u-{w64}"],
    "braintree_token": ["access_token$production${a16}${h32}"],
    "maxmind_key": ["{A6}_{A29}_mmk"],
    "jwt": ["eyJ{A33}.eyJ{A80}.{w43}"],
    "bearer": ["Authorization: Bearer {A40}", '"authorization": "bearer {w30}"'],
    "basic_password": ["Authorization: Basic {B32}=="],
    "url_password": ["postgres://app:{A12}@db.example.org/x", "redis://:{A20}@cache:6379"],
}
AROUND = [
    "{}",
    'key = "{}"\n',
    "KEY={}\n",
    "+    call('{}')\n",
    "<a>{}</a>",
    "[{}, 1]",
    '"a\\n{}\\nb"',
    "`{}`",
]
EACH = 60


def _made(form: str, chance: random.Random) -> str:
    def drawn(match: re.Match[str]) -> str:
        return "".join(chance.choices(_ALPHABETS[match[1]], k=int(match[2])))

    return re.sub(r"\{(\w)(\d+)\}", drawn, form)


def test_there_are_forms_of_every_kind_and_of_many() -> None:
    assert {each.name for each in TOKENS} | {each.name for each in SEARCHED} == set(FORMS)
    assert len(FORMS) >= 60


@pytest.mark.parametrize("kind", FORMS)
def test_nearly_all_of_a_kind_are_found_wherever_they_stand(kind: str) -> None:
    chance = random.Random(kind)
    texts = [
        chance.choice(AROUND).replace("{}", _made(form, chance)) for form in FORMS[kind] for _ in range(EACH)
    ]
    found = [text for text in texts if [each.kind for each in find(text)] == [kind]]
    assert len(found) >= 0.95 * len(texts), sorted(set(texts) - set(found))[:3]


@pytest.mark.parametrize("kind", FORMS)
def test_they_come_back_exactly_in_a_text_and_in_json(kind: str) -> None:
    chance = random.Random(kind)
    text = "\n".join(_made(form, chance) for form in FORMS[kind]) + "\n"
    for each in (text, json.dumps({"text": text})):
        redactor = Redactor()
        redacted = redactor.redact(each)
        assert redacted != each
        assert redactor.restore(redacted) == each


@pytest.mark.slow
def test_real_source_has_next_to_no_false_ones() -> None:
    folder = Path(sysconfig.get_paths()["purelib"])
    lines = 0
    found = []
    for file in sorted(folder.rglob("*.py")):
        text = file.read_text(encoding="utf-8", errors="replace")
        lines += text.count("\n")
        found += [
            (file.name, each.kind, text[each.start : each.start + 8])
            for each in find(text)
            if each.kind != "placeholder"
        ]
    assert lines > 100_000
    assert len(found) <= lines / 10_000, found
