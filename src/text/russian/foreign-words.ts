/** Foreign words of a smart home whose Russian reading no rule finds. */
const TABLE = `
home хоум|assistant ассистент|smart смарт|light лайт|lights лайтс|lamp лэмп|room рум|kitchen китчен|bedroom бедрум
bathroom басрум|living ливинг|office офис|garage гараж|door дор|window виндоу|switch свитч|sensor сенсор|motion моушн
wi-fi вай фай|wifi вай фай|bluetooth блютус|zigbee зигби|z-wave зи вейв|zwave зи вейв|thread тред|matter мэттер
ethernet эзернет|internet интернет|router роутер|server сервер|gateway гейтвей|bridge бридж|hub хаб|node ноуд
google гугл|youtube ютуб|yandex яндекс|apple эппл|iphone айфон|ipad айпад|android андроид|windows виндоус|linux линукс
microsoft майкрософт|amazon амазон|alexa алекса|siri сири|alice элис|telegram телеграм|whatsapp вотсап|skype скайп
facebook фейсбук|instagram инстаграм|twitter твиттер|netflix нетфликс|spotify спотифай|steam стим|discord дискорд
xiaomi сяоми|aqara акара|sonoff сонофф|shelly шелли|tuya туя|philips филипс|hue хью|ikea икея|samsung самсунг|sony сони
huawei хуавей|honor хонор|lenovo леново|asus асус|intel интел|raspberry распберри|pi пай|arduino ардуино|esphome и эс пи хоум
tasmota тасмота|docker докер|python питон|java джава|javascript джаваскрипт|typescript тайпскрипт|github гитхаб|git гит
mqtt эм кью ти ти|wyoming вайоминг|whisper виспер|piper пайпер|silero силеро|vosk воск|irene ирина|edge эдж
ok окей|okay окей|hello хеллоу|hi хай|bye бай|yes йес|no ноу|on он|off офф|the зе|a э|an эн|and энд|of оф|in ин|is из|it ит
to ту|for фор|you ю|your йор|my май|me ми|we ви|are ар|this зис|that зэт|with виз|from фром|by бай|at эт|or ор|as эз|be би
one уан|two ту|three сри|four фор|new нью|good гуд|morning монинг|night найт|day дэй|time тайм|music мьюзик|play плей
pause пауза|stop стоп|start старт|next некст|update апдейт|error эррор|warning ворнинг|info инфо|online онлайн|offline офлайн
energy энерджи|power пауэр|battery бэттери|water вотер|air эйр|weather везер|temperature темпрече|humidity хьюмидити
media медиа|player плеер|radio радио|video видео|audio аудио|live лайв|party пати|family фэмили|house хаус|world ворлд
low лоу|high хай|mode моуд|auto авто|eco эко|max макс|min мин|plus плюс|pro про|mini мини|ultra ультра|air эйр|box бокс
email имейл|e-mail имейл|mail мейл|web веб|site сайт|app эпп|software софтвер|hardware хардвер|firmware фирмвер
nasa наса|nato нато|wav вав|jpeg джейпег|vip вип|covid ковид|led лед|oled олед|lan лан|ram рам|rom ром|sim сим|pin пин
jazz джаз|rock рок|pop поп|rap рэп|blues блюз|beatles битлз|queen квин|metallica металлика|rammstein раммштайн
`;

/** Cyrillic reading by lower-case word. */
export const FOREIGN_WORDS: ReadonlyMap<string, string> = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .map((entry): [string, string] => {
      const space = entry.indexOf(" ");
      return [entry.slice(0, space), entry.slice(space + 1)];
    }),
);
