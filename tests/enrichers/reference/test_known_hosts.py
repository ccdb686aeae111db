"""Hosts that everybody knows: those of AI services have the right one, those of other sites have none."""

import pytest

from enrichers.app import app
from enrichers.reference import load_reference

FERNWOOD = load_reference()
KNOWN = """
assistant chatgpt chatgpt.com chat.openai.com/c/1 ios.chat.openai.com ws.chatgpt.com/p files.oaiusercontent.com cdn.oaistatic.com
assistant claude claude.ai claude.ai/chat/1 api.claude.ai www.claudeusercontent.com
assistant gemini gemini.google.com/app bard.google.com
assistant google-ai-studio aistudio.google.com makersuite.google.com
assistant notebooklm notebooklm.google.com
assistant copilot copilot.microsoft.com www.bing.com/chat edgeservices.bing.com/edgesvc/chat sydney.bing.com
assistant m365-copilot m365.cloud.microsoft/chat copilot.cloud.microsoft
assistant meta-ai www.meta.ai
assistant grok grok.com x.com/i/grok/1
assistant deepseek chat.deepseek.com www.deepseek.com
assistant le-chat chat.mistral.ai
assistant qwen-chat chat.qwen.ai tongyi.aliyun.com www.qianwen.com
assistant kimi www.kimi.com kimi.moonshot.cn
assistant doubao www.doubao.com
assistant ernie-bot yiyan.baidu.com
assistant yuanbao yuanbao.tencent.com
assistant iflytek-spark xinghuo.xfyun.cn
assistant gigachat giga.chat gigachat.devices.sberbank.ru/api/v1/chat/completions
assistant alice alice.yandex.ru
assistant wrtn wrtn.ai
assistant krutrim chat.olakrutrim.com
assistant character-ai character.ai neo.character.ai
assistant pi pi.ai
assistant replika my.replika.com
assistant lumo lumo.proton.me
assistant huggingchat huggingface.co/chat/conversation/1
assistant glean app.glean.com acme-be.glean.com/rest/api/v1/chat
assistant amazon-q-business ab12.chat.qbusiness.us-east-1.on.aws
search perplexity www.perplexity.ai
search you you.com
search phind www.phind.com
search kagi-assistant kagi.com/assistant
search genspark www.genspark.ai
search consensus consensus.app
search elicit elicit.com
search felo felo.ai
search metaso metaso.cn
search liner getliner.com
search exa api.exa.ai
search tavily api.tavily.com
coding github-copilot api.githubcopilot.com/chat/completions api.business.githubcopilot.com proxy.individual.githubcopilot.com
coding github-copilot copilot-proxy.githubusercontent.com github.com/copilot/c/1 api.github.com/copilot_internal/v2/token
coding cursor api2.cursor.sh repo42.cursor.sh www.cursor.com/agents marketplace.cursorapi.com
coding windsurf server.codeium.com inference.codeium.com server.self-serve.windsurf.com windsurf-stable.codeiumdata.com
coding codex chatgpt.com/backend-api/codex/responses chatgpt.com/codex
coding claude-code claude.ai/code statsig.anthropic.com
coding gemini-code-assist cloudcode-pa.googleapis.com
coding jules jules.google.com
coding tabnine api.tabnine.com
coding jetbrains-ai api.jetbrains.ai api.app.prod.grazie.aws.intellij.net
coding augment-code d1.api.augmentcode.com
coding amazon-q-developer q.us-east-1.amazonaws.com codewhisperer.us-east-1.amazonaws.com
coding kiro app.kiro.dev
coding sourcegraph-amp ampcode.com cody-gateway.sourcegraph.com
coding replit replit.com
coding lovable lovable.dev
coding bolt bolt.new
coding v0 v0.dev
coding cline api.cline.bot
coding continue hub.continue.dev
coding supermaven supermaven.com
coding trae www.trae.ai
coding lingma lingma.aliyun.com
coding codebuddy copilot.tencent.com
coding gitlab-duo cloud.gitlab.com
coding coderabbit app.coderabbit.ai
coding devin app.devin.ai
coding blackbox-ai www.blackbox.ai
image midjourney www.midjourney.com
image firefly firefly.adobe.com
image stability api.stability.ai
image ideogram ideogram.ai
image leonardo app.leonardo.ai
image krea www.krea.ai
image flux api.bfl.ai
image recraft www.recraft.ai
image craiyon www.craiyon.com
image bing-image-creator www.bing.com/images/create/1 designer.microsoft.com
image google-flow labs.google/fx/tools/flow
image seaart www.seaart.ai
image freepik-ai www.freepik.com/ai/image-generator
audio elevenlabs api.elevenlabs.io
audio suno suno.com
audio udio www.udio.com
audio murf murf.ai
audio deepgram api.deepgram.com
audio assemblyai api.assemblyai.com
audio speechify speechify.com
audio azure-speech westeurope.tts.speech.microsoft.com
video sora sora.com
video runway app.runwayml.com
video pika pika.art
video heygen app.heygen.com
video synthesia app.synthesia.io
video luma lumalabs.ai
video kling klingai.com
video hailuo hailuoai.video
video invideo ai.invideo.io
video d-id studio.d-id.com
video veed www.veed.io
video opus-clip clip.opus.pro
translation deepl www.deepl.com api-free.deepl.com
translation google-translate translate.google.com
translation papago papago.naver.com
translation baidu-translate fanyi.baidu.com
translation yandex-translate translate.yandex.ru
writing grammarly app.grammarly.com capi.grammarly.com
writing quillbot quillbot.com
writing jasper app.jasper.ai
writing copy-ai app.copy.ai
writing writesonic app.writesonic.com
writing wordtune app.wordtune.com
writing gamma gamma.app
writing rytr rytr.me
writing gptzero app.gptzero.me
meeting otter otter.ai
meeting fireflies app.fireflies.ai
meeting read-ai app.read.ai
meeting fathom fathom.video
meeting granola api.granola.ai
meeting tldv tldv.io
meeting avoma app.avoma.com
meeting plaud web.plaud.ai
meeting notta app.notta.ai
model_api openai-api api.openai.com/v1/responses eu.api.openai.com platform.openai.com
model_api anthropic-api api.anthropic.com/v1/messages console.anthropic.com platform.claude.com
model_api azure-openai acme.openai.azure.com acme.services.ai.azure.com ai.azure.com x.eastus2.models.ai.azure.com
model_api azure-openai acme.cognitiveservices.azure.com/openai/deployments/d/chat/completions
model_api azure-ai-services acme.cognitiveservices.azure.com/vision/v3.2/ocr
model_api bedrock bedrock-runtime.us-east-1.amazonaws.com bedrock-agent-runtime.eu-central-1.amazonaws.com
model_api bedrock vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com bedrock-mantle.us-east-1.api.aws
model_api vertex-ai europe-west4-aiplatform.googleapis.com aiplatform.googleapis.com 1.us-central1-2.prediction.vertexai.goog
model_api gemini-api generativelanguage.googleapis.com/v1beta/models
model_api mistral-api api.mistral.ai codestral.mistral.ai
model_api deepseek-api api.deepseek.com
model_api xai-api api.x.ai us-east-1.api.x.ai
model_api groq api.groq.com
model_api cohere-api api.cohere.com
model_api perplexity-api api.perplexity.ai
model_api together api.together.xyz
model_api fireworks api.fireworks.ai
model_api cerebras api.cerebras.ai
model_api nvidia-nim integrate.api.nvidia.com
model_api deepinfra api.deepinfra.com
model_api watsonx us-south.ml.cloud.ibm.com
model_api github-models models.github.ai models.inference.ai.azure.com github.com/marketplace/models/azure-openai
model_api model-studio dashscope.aliyuncs.com dashscope-intl.aliyuncs.com
model_api moonshot-api api.moonshot.cn api.moonshot.ai
model_api zhipu-api open.bigmodel.cn api.z.ai
model_api volcengine-ark ark.cn-beijing.volces.com
model_api siliconflow api.siliconflow.cn
model_api qianfan qianfan.baidubce.com aip.baidubce.com/rpc/2.0/ai_custom/v1/wenxinworkshop/chat/completions
model_api hunyuan-api hunyuan.tencentcloudapi.com
model_api minimax-api api.minimax.io
model_api yandex-ai llm.api.cloud.yandex.net
model_api sarvam api.sarvam.ai
model_api upstage api.upstage.ai
model_api clova-studio clovastudio.stream.ntruss.com
model_api scaleway-ai api.scaleway.ai
model_api snowflake-cortex acme.eu-central-1.snowflakecomputing.com/api/v2/cortex/inference:complete
model_api databricks-serving adb-1.2.azuredatabricks.net/serving-endpoints/m/invocations
gateway cloudflare-ai-gateway gateway.ai.cloudflare.com
gateway portkey api.portkey.ai
gateway helicone oai.helicone.ai
aggregator poe poe.com
aggregator openrouter openrouter.ai/api/v1/chat/completions
aggregator t3-chat t3.chat
aggregator lmarena lmarena.ai
aggregator typingmind www.typingmind.com
reseller aihubmix aihubmix.com
reseller proxyapi api.proxyapi.ru
anonymiser duck-ai duck.ai duckduckgo.com/duckchat/v1/chat
hosting huggingface huggingface.co/meta/model cdn-lfs.hf.co x-y.hf.space router.huggingface.co
hosting civitai civitai.com
hosting modelscope www.modelscope.cn
hosting replicate api.replicate.com
hosting fal queue.fal.run
agent_platform manus manus.im
agent_platform copilot-studio copilotstudio.microsoft.com
agent_platform coze www.coze.com
agent_platform dify api.dify.ai
agent_platform langgraph acme.us.langgraph.app
agent_platform botpress app.botpress.cloud
local_model ollama registry.ollama.ai ollama.com
local_model lm-studio lmstudio.ai
extension monica api.monica.im
extension sider sider.ai
extension merlin www.getmerlin.in
embedded notion-ai www.notion.so/ai www.notion.so/api/v3/runInferenceTranscript
embedded canva-ai www.canva.com/ai
embedded raycast-ai backend.raycast.com/api/v1/ai/chat_completions
embedded apple-intelligence apple-relay.apple.com
mcp_server github-mcp api.githubcopilot.com/mcp/
mcp_server notion-mcp mcp.notion.com/mcp
mcp_server linear-mcp mcp.linear.app/sse
mcp_server smithery server.smithery.ai
mcp_server zapier-mcp mcp.zapier.com
"""
ORDINARY = """
www.google.com mail.google.com docs.google.com drive.google.com maps.google.com accounts.google.com fonts.googleapis.com
storage.googleapis.com www.gstatic.com www.youtube.com youtu.be www.microsoft.com login.microsoftonline.com outlook.office.com
www.office.com teams.microsoft.com graph.microsoft.com www.bing.com www.msn.com update.microsoft.com portal.azure.com
acme.blob.core.windows.net acme.azurewebsites.net acme.vault.azure.net learn.microsoft.com onedrive.live.com acme.sharepoint.com
github.com api.github.com raw.githubusercontent.com gist.github.com gitlab.com bitbucket.org stackoverflow.com www.npmjs.com
crates.io hub.docker.com www.python.org docs.rs www.amazon.com aws.amazon.com console.aws.amazon.com s3.amazonaws.com
ec2.eu-west-1.amazonaws.com sts.amazonaws.com sqs.eu-west-1.amazonaws.com www.apple.com www.icloud.com support.apple.com
www.adobe.com acrobat.adobe.com creativecloud.adobe.com www.notion.so www.notion.com slack.com app.slack.com zoom.us us02web.zoom.us
www.dropbox.com app.box.com www.canva.com www.figma.com miro.com trello.com acme.atlassian.net www.atlassian.com app.asana.com
monday.com linear.app clickup.com airtable.com www.salesforce.com acme.my.salesforce.com app.hubspot.com acme.zendesk.com
acme.service-now.com www.workday.com www.sap.com www.oracle.com www.ibm.com cloud.ibm.com www.facebook.com www.instagram.com
www.whatsapp.com x.com twitter.com www.linkedin.com www.reddit.com www.tiktok.com www.pinterest.com www.snapchat.com discord.com
telegram.org www.twitch.tv www.netflix.com open.spotify.com www.disneyplus.com vimeo.com soundcloud.com en.wikipedia.org
www.wikimedia.org www.bbc.co.uk www.nytimes.com www.cnn.com www.theguardian.com www.reuters.com www.bloomberg.com www.spiegel.de
www.lemonde.fr elpais.com www.asahi.com www.baidu.com www.qq.com weixin.qq.com www.taobao.com www.jd.com www.tencent.com
www.aliyun.com www.weibo.com www.bilibili.com www.zhihu.com www.naver.com www.daum.net www.kakao.com www.yahoo.co.jp
www.rakuten.co.jp yandex.ru ya.ru mail.ru vk.com www.sberbank.ru www.flipkart.com www.ebay.com www.walmart.com www.ikea.com
www.booking.com www.airbnb.com www.uber.com www.paypal.com stripe.com www.visa.com www.chase.com www.n26.com www.wise.com
www.nvidia.com www.intel.com www.cloudflare.com www.fastly.com www.akamai.com www.vercel.com vercel.app www.netlify.com
www.heroku.com www.digitalocean.com www.ovhcloud.com www.hetzner.com duckduckgo.com www.ecosia.org search.brave.com kagi.com
www.mozilla.org addons.mozilla.org chromewebstore.google.com www.wordpress.com medium.com substack.com www.quora.com
www.coursera.org www.khanacademy.org www.duolingo.com arxiv.org www.nature.com www.jetbrains.com plugins.jetbrains.com
www.snowflake.com www.databricks.com acme.snowflakecomputing.com app.datadoghq.com sentry.io www.grafana.com www.elastic.co
www.zapier.com www.freepik.com www.shutterstock.com www.capcut.com www.grafana.org www.dhl.com www.weather.com www.imdb.com
github.com/copilot-team/tool www.canva.com/airport x.com/i/groking www.notion.so/Airline-list www.bing.com/search www.zoom.com
openai.com www.anthropic.com x.ai
"""
LOOK_ALIKES = (
    "chatgpt.com.evil.example chatgpt-com.example claude.ai.login.example xn--chtgpt-4nf.com ch\N{CYRILLIC SMALL LETTER A}tgpt.com "
    "notchatgpt.com myclaude.ai openai.azure.com.example bedrock-runtime.us-east-1.amazonaws.com.example com ai "
    "x.bedrock-runtime.amazonaws.com evil-api.openai.com.example githubcopilot.com.co"
).split()


def found(place: str) -> dict[str, str]:
    host, slash, path = place.partition("/")
    return app({"url.domain": host, "url.path": slash + path}, FERNWOOD)


@pytest.mark.parametrize("row", KNOWN.strip().split("\n"), ids=lambda row: row.split()[1])
def test_a_host_of_an_ai_service_is_known_with_its_id_and_category(row: str) -> None:
    category, id_, *places = row.split()
    told = {
        place: (added.get("ai.app.category"), added.get("ai.app.id"))
        for place in places
        if (added := found(place))
    }
    assert told == dict.fromkeys(places, (category, id_))


def test_two_hundred_places_of_ai_are_asked_for() -> None:
    assert sum(len(row.split()) - 2 for row in KNOWN.strip().split("\n")) >= 200


def test_ordinary_sites_are_no_ai() -> None:
    sites = ORDINARY.split()
    assert len(set(sites)) >= 150
    assert {site: added["ai.app.id"] for site in sites if (added := found(site))} == {}


@pytest.mark.parametrize("host", LOOK_ALIKES)
def test_a_look_alike_is_never_the_service_it_looks_like(host: str) -> None:
    assert found(host).get("ai.app.id", "unknown:").startswith("unknown:")
